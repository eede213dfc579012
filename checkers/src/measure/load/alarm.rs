//! Waking at an instant. The runtime's own timers tick every millisecond, which is as long as many
//! an answer takes; a timer of the kernel wakes within some 50 µs on a quiet machine, and nothing
//! spins meanwhile.

pub(super) use platform::Alarm;

#[cfg(target_os = "linux")]
mod platform {
    use std::io;
    use std::os::fd::{AsFd, AsRawFd, RawFd};
    use std::time::Instant;

    use nix::sys::time::TimeSpec;
    use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    /// A timer of the kernel.
    pub(in super::super) struct Alarm(AsyncFd<Timer>);

    struct Timer(TimerFd);

    impl AsRawFd for Timer {
        fn as_raw_fd(&self) -> RawFd {
            self.0.as_fd().as_raw_fd()
        }
    }

    impl Alarm {
        /// A timer that is not set.
        #[expect(
            deprecated,
            reason = "what replaces it is unsafe, and asks for what holds here: the descriptor is \
                      the timer's own, and stays the same and open as long as it lives"
        )]
        pub fn new() -> io::Result<Self> {
            let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
            let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
            AsyncFd::with_interest(Timer(timer), Interest::READABLE).map(Self)
        }

        /// Waits until the instant; one that is over is over at once.
        pub async fn wait(&self, until: Instant) -> io::Result<()> {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            let once = Expiration::OneShot(TimeSpec::from_duration(left));
            self.0.get_ref().0.set(once, TimerSetTimeFlags::empty())?;
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
