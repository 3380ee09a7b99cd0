// Time, waits and deadlines are those of HTTP clients, which stand further down.
export { abortedBy, systemTiming, type Timing, throwIfAborted, withDeadline } from '@rtfs/core/http'
