//! The generator's thread comes before others that want the same core: it needs little of it, and
//! needs it now. In the field the load comes from another machine.

/// The most that an ordinary thread can have: eighty times the weight of another.
#[cfg(target_os = "linux")]
const NICE: i32 = -20;

/// Puts this thread before others, where the system lets us (CAP_SYS_NICE). Where it does not, the
/// generator is late a little oftener on a busy machine, and notices.
pub(super) fn raise() {
    #[cfg(target_os = "linux")]
    {
        // Refused to an ordinary user, and that is all right.
        let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE);
    }
}
