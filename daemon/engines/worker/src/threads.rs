//! Makes the threads of native libraries get along with other programs.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::log;

/// What GNU OpenMP reads when it is loaded: how often a waiting thread looks before it sleeps.
const SPIN_COUNT: &str = "GOMP_SPINCOUNT";
const WAIT_POLICY: &str = "OMP_WAIT_POLICY";
/// By default threads look for milliseconds at each of the hundreds of barriers of an inference. Whenever another program has the
/// processor, all wait for the one that does not run: with both of two processors busy elsewhere, recognising 6 s of speech took 7 s
/// instead of 1.4 s with this value. On an idle machine this value is as fast as the default.
const SPINS: &str = "1000";

/// To be called first thing in `main` by an engine that uses OpenMP. The library has read its environment before `main` begins, so that
/// the process replaces itself once; whoever starts it with one of the variables set spares it that.
pub fn wait_calmly() {
    if [SPIN_COUNT, WAIT_POLICY].iter().any(|name| std::env::var_os(name).is_some()) {
        return;
    }
    let mut arguments = std::env::args_os();
    let (Ok(executable), Some(name)) = (std::env::current_exe(), arguments.next()) else { return };
    let error = Command::new(executable).arg0(name).args(arguments).env(SPIN_COUNT, SPINS).exec();
    log::warn(&format!(
        "inference will be slow beside busy programs, because the engine cannot restart itself: {error}"
    ));
}
