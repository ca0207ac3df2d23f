//! The daemon, its socket, and the files it was started with.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hob_protocol::VERSION;
use hob_protocol::client::{CallError, Client};
use hob_protocol::daemon::State;
use hob_protocol::method::{Nothing, Status, Watch};

use super::{Check, desktop};
use crate::connection;
use crate::failure::Failure;

/// Whether somebody answers at the socket, and what he says. A daemon takes well under a millisecond; one that takes seconds hangs.
pub(super) fn answers() -> (Check, Option<State>) {
    const PATIENCE: Duration = Duration::from_secs(5);
    const NAME: &str = "socket";
    let answer = connection::socket_path().and_then(|path| {
        let ask = |mut client: Client| -> Result<_, CallError> {
            client.wait_at_most(PATIENCE)?;
            client.call(Status, &Nothing {})
        };
        let state = Client::connect(&path).and_then(ask).map_err(Failure::Call)?.state;
        Ok((looked_around(&path, state), path))
    });
    match answer {
        Ok((state, path)) if state.version == VERSION => {
            (Check::ok(NAME, format!("hobd {VERSION} answers at {}", path.display())), Some(state))
        }
        Ok((state, _)) => {
            let finding = format!("hobd is {}, and this is hob {VERSION}", state.version);
            (Check::warn(NAME, finding, "restart the daemon: `systemctl --user restart hobd`"), Some(state))
        }
        Err(failure) => {
            let advice = match &failure {
                // The usual hint names this command.
                Failure::Call(CallError::Unreachable { .. }) => "check who owns the socket and its folder".into(),
                Failure::Call(CallError::Unreadable(_)) => {
                    "is it another program that listens there? `hob shutdown`, or end it".into()
                }
                failure => failure.hint().unwrap_or_default(),
            };
            (Check::fail(NAME, failure.words(), advice), None)
        }
    }
}

/// The state of a daemon that knows of its desktop. One that has just begun may still be looking, and waits for a display that does
/// not answer; so do we, a while longer than it does.
fn looked_around(path: &Path, mut state: State) -> State {
    const PATIENCE: Duration = Duration::from_secs(15);
    let until = Instant::now() + PATIENCE;
    let follow = |mut client: Client| {
        client.wait_at_most(PATIENCE)?;
        client.stream(Watch, &Nothing {})
    };
    if desktop::is_looked_at(&state) {
        return state;
    }
    let Ok(replies) = Client::connect(path).and_then(follow) else { return state };
    // The end of the patience ends them as well.
    for reply in replies.map_while(Result::ok) {
        state.apply(reply);
        if desktop::is_looked_at(&state) || Instant::now() >= until {
            break;
        }
    }
    state
}

/// Whether others could come near the socket.
pub(super) fn folder(_: Option<&State>) -> Vec<Check> {
    const NAME: &str = "permissions";
    /// Every right of group and world.
    const OTHERS: u32 = 0o077;
    // Without a path there is nothing to look at, and the check of the socket has said so.
    let Ok(socket) = connection::socket_path() else { return Vec::new() };
    let folder = socket.parent().map(PathBuf::from).unwrap_or_default();
    let Ok(found) = fs::metadata(&folder) else { return Vec::new() };
    let shown = folder.display();
    let mode = found.permissions().mode() & 0o777;
    let socket_mode = fs::metadata(&socket).map_or(0, |socket| socket.permissions().mode() & 0o777);
    let me = rustix::process::geteuid().as_raw();
    let check = if found.uid() == me && mode & OTHERS == 0 {
        Check::ok(NAME, format!("{shown} is yours alone"))
    } else if socket_mode & OTHERS != 0 {
        Check::fail(
            NAME,
            format!("others can reach the socket: its mode is {socket_mode:o}"),
            format!("chmod 600 {}", socket.display()),
        )
    } else if found.uid() == me {
        Check::warn(NAME, format!("others can look into {shown}: its mode is {mode:o}"), format!("chmod 700 {shown}"))
    } else {
        Check::warn(
            NAME,
            format!("{shown} belongs to another user"),
            "set HOB_SOCKET to a path in a folder of your own",
        )
    };
    vec![check]
}

/// The configuration in force is valid: the daemon takes no other. So only whether the file can be read is looked at.
pub(super) fn configuration(state: Option<&State>) -> Vec<Check> {
    const NAME: &str = "config";
    let Some(state) = state else { return Vec::new() };
    let check = match fs::File::open(&state.config) {
        Ok(_) => Check::ok(NAME, format!("{}; `hob reload` puts changes in force", state.config)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Check::ok(NAME, format!("the defaults; {} does not exist", state.config))
        }
        Err(error) => Check::fail(NAME, format!("cannot read {}: {error}", state.config), "check who owns the file"),
    };
    vec![check]
}
