export { createFileBlobStore, type FileBlobStoreOptions } from './fs-blob-store.js'
export { type KeyStore, type KeyStoreOptions, openKeyStore, type SigningKey } from './fs-key-store.js'
export {
  createNodeFileSystem,
  type NodeFileSystem,
  type NodeFileSystemOptions,
} from './fs-node-file-system.js'
export { createNodeSigner, createNodeVerifier, generatePrivateKeyPem } from './fs-signing.js'
export { type FileTrustStore, type FileTrustStoreOptions, openTrustStore } from './fs-trust-store.js'
