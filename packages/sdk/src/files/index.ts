/** RTFS in files: modules of a program, programs of a directory. */
export { reasonOf } from './faults.js'
export { type FindModuleOptions, type FoundModule, findModule } from './find-module.js'
export { findPrograms } from './find-programs.js'
export { createFileModuleLoader, type FileLoaderOptions } from './module-loader.js'
export { isBelow } from './paths.js'
