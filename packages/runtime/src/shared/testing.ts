export { testFailed } from '@rtfs/core'
