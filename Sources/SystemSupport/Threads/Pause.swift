import Glibc

/// Lets other threads have the processor, if any waits for it.
package func yieldProcessor() { sched_yield() }

/// Waits, at most until a signal comes.
package func pause(seconds: Double) { usleep(UInt32(max(0, min(seconds, 4000)) * 1e6)) }
