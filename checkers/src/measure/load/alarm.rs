//! Waking at an instant. The runtime's own timers tick every millisecond, which is as long as many
//! an answer takes; a timer of the kernel wakes within some 50 µs on a quiet machine, and nothing
//! spins meanwhile.

pub(super) use platform::Alarm;

#[cfg(target_os = "linux")]
mod platform {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::time::Instant;

    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    };
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    /// A timer of the kernel.
    pub(in super::super) struct Alarm(AsyncFd<OwnedFd>);

    impl Alarm {
        /// A timer that is not set.
        #[expect(
            deprecated,
            reason = "what replaces it is unsafe, and asks for what an owned descriptor gives: it \
                      stays open, and the same, as long as it lives"
        )]
        pub fn new() -> io::Result<Self> {
            let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
            let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
            AsyncFd::with_interest(timer, Interest::READABLE).map(Self)
        }

        /// Waits until the instant; one that is over is over at once.
        pub async fn wait(&self, until: Instant) -> io::Result<()> {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            let once = Itimerspec {
                it_interval: Timespec::default(),
                it_value: Timespec::try_from(left).map_err(io::Error::other)?,
            };
            timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &once)?;
            // Setting it again makes it unreadable until it goes off, so it is never read.
            self.0.readable().await?.clear_ready();
            Ok(())
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use std::io;
    use std::time::Instant;

    /// The runtime's own timer: up to 2 ms late.
    pub(in super::super) struct Alarm;

    impl Alarm {
        /// A timer that is not set.
        pub fn new() -> io::Result<Self> {
            Ok(Self)
        }

        /// Waits until the instant; one that is over is over at once.
        pub async fn wait(&self, until: Instant) -> io::Result<()> {
            tokio::time::sleep_until(until.into()).await;
            Ok(())
        }
    }
}
