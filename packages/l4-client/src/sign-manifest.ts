import { RtfsError } from '@rtfs/core'
import type { Signer } from '@rtfs/interfaces'
import { encodeEnvelope, signedBytes } from './envelope.js'
import { encodeManifest, type ModuleManifest, manifestType } from './manifest.js'

/** The envelope of a manifest. Throws `RTFS_KEY` when there is no key. */
export async function signManifest(manifest: ModuleManifest, signer: Signer | undefined): Promise<string> {
  if (signer === undefined) throw new RtfsError('RTFS_KEY', 'this cache has no key to sign with')
  const payload = encodeManifest(manifest)
  const signature = await signer.sign(signedBytes(manifestType, payload))
  return encodeEnvelope({
    payloadType: manifestType,
    payload,
    signatures: [{ keyId: signer.keyId, signature }],
  })
}
