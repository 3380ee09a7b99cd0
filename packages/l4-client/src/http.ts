export { type BlobHandlerOptions, createBlobHandler } from './http-blob-handler.js'
export { createHttpBlobStore, type HttpBlobStoreOptions } from './http-blob-store.js'
export { fetchBundle, type HttpBundleOptions } from './http-bundle.js'
