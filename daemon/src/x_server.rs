//! Connections to the X server that the session names: by a socket in the file system and never over the network, because hob opens no
//! connection to another machine.

use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use x11rb::connection::Connection;
use x11rb::errors::ConnectError;
use x11rb::protocol::xproto::{Screen, Setup};
use x11rb::reexports::x11rb_protocol::connect::Connect;
use x11rb::reexports::x11rb_protocol::parse_display::{ConnectAddress, parse_display};
use x11rb::reexports::x11rb_protocol::xauth::{Family, get_auth};
use x11rb::rust_connection::{DefaultStream, RustConnection, Stream};

use crate::graphical_session::Variables;
use crate::greeting::{self, Greeting};

/// The one way of proving who one is that servers of today know.
const COOKIE: &[u8] = b"MIT-MAGIC-COOKIE-1";

#[derive(Debug, thiserror::Error)]
pub enum NoServer {
    #[error("DISPLAY is not set")]
    Unnamed,
    #[error("DISPLAY is {0}, which is on another machine")]
    Remote(String),
    #[error("the X server behind DISPLAY={display} cannot be reached: {why}")]
    Unreachable { display: String, why: String },
    #[error("the X server behind DISPLAY={display} does not answer")]
    Silent { display: String },
}

/// Connects to the server that `DISPLAY` names, and gives the screen as well. One that lets us in and then says nothing is given up.
pub fn connect(variables: &Variables) -> Result<(RustConnection, Screen), NoServer> {
    connect_within(variables, greeting::PATIENCE)
}

fn connect_within(variables: &Variables, patience: Duration) -> Result<(RustConnection, Screen), NoServer> {
    let display = variables.display.as_deref().ok_or(NoServer::Unnamed)?.to_string_lossy();
    // The server's own words end with a line.
    let unreachable =
        |why: &str| NoServer::Unreachable { display: display.clone().into_owned(), why: why.trim().replace('\n', " ") };
    let parsed = parse_display(Some(&display)).map_err(|error| unreachable(&error.to_string()))?;
    let mut last = NoServer::Remote(display.clone().into_owned());
    for address in parsed.connect_instruction() {
        let ConnectAddress::Socket(_) = address else { continue };
        match DefaultStream::connect(&address) {
            Ok((stream, (family, peer))) => {
                let found = match variables.authority.as_deref() {
                    Some(file) => fs::read(file).ok().and_then(|file| cookie(&file, family, &peer, parsed.display)),
                    None => get_auth(family, &peer, parsed.display).ok().flatten(),
                };
                // Without a cookie the server may still let us in.
                let (name, data) = found.unwrap_or_default();
                let server = greet(stream, (name, data), patience).map_err(|error| match error {
                    ConnectError::IoError(error) if error.kind() == io::ErrorKind::TimedOut => {
                        NoServer::Silent { display: display.clone().into_owned() }
                    }
                    error => unreachable(&error.to_string()),
                })?;
                let screen = server.setup().roots.get(usize::from(parsed.screen)).cloned();
                return Ok((server, screen.ok_or_else(|| unreachable("it has no such screen"))?));
            }
            Err(error) => last = unreachable(&error.to_string()),
        }
    }
    Err(last)
}

/// As [`RustConnection`] does it, which would wait for ever.
fn greet(
    stream: DefaultStream,
    (name, data): (Vec<u8>, Vec<u8>),
    patience: Duration,
) -> Result<RustConnection, ConnectError> {
    let (mut answer, hello) = Connect::with_authorization(name, data);
    let greeting = Greeting::within(patience);
    let mut descriptors = Vec::new();
    greeting.send(stream.as_fd(), &hello, |rest| stream.write(rest, &mut descriptors))?;
    loop {
        let read = greeting.receive(stream.as_fd(), answer.buffer(), |buffer| stream.read(buffer, &mut descriptors))?;
        if answer.advance(read) {
            break;
        }
    }
    let setup: Setup = answer.into_setup()?;
    RustConnection::for_connected_stream(stream, setup)
}

/// From a file of the format of `.Xauthority`, which the library looks for only where hobd's own environment says.
fn cookie(file: &[u8], family: Family, address: &[u8], display: u16) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut rest = file;
    let display = display.to_string();
    loop {
        let kind = Family::from(u16::from_be_bytes(*rest.split_off(..2)?.first_chunk()?));
        let [host, number, name, data] = [(); 4].map(|()| field(&mut rest));
        let (host, number, name, data) = (host?, number?, name?, data?);
        let is_here = kind == Family::WILD || family == Family::WILD || (kind == family && host == address);
        if is_here && (number.is_empty() || number == display.as_bytes()) && name == COOKIE {
            return Some((name.to_vec(), data.to_vec()));
        }
    }
}

/// Its length comes first.
fn field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u16::from_be_bytes(*rest.split_off(..2)?.first_chunk()?);
    rest.split_off(..usize::from(length))
}

#[cfg(test)]
mod tests {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener};

    use super::*;

    fn named(display: &str) -> Variables {
        Variables { display: (!display.is_empty()).then(|| display.into()), ..Variables::default() }
    }

    #[test]
    fn only_a_server_on_this_machine_counts() {
        assert!(matches!(connect(&named("elsewhere:0")).map(drop), Err(NoServer::Remote(_))));
        assert!(matches!(connect(&named(":4711")).map(drop), Err(NoServer::Unreachable { .. })));
        assert!(matches!(connect(&named("")).map(drop), Err(NoServer::Unnamed)));
    }

    #[test]
    fn a_server_that_says_nothing_is_given_up() {
        // Where no server of this machine is, and without a file.
        let display = 20_000 + std::process::id() % 20_000;
        let name = SocketAddr::from_abstract_name(format!("/tmp/.X11-unix/X{display}")).unwrap();
        let _silent = UnixListener::bind_addr(&name).unwrap();
        let error = connect_within(&named(&format!(":{display}")), Duration::from_millis(20)).map(drop).unwrap_err();
        assert!(matches!(error, NoServer::Silent { .. }), "{error}");
    }

    #[test]
    fn a_cookie_is_found_by_host_and_number() {
        let field = |bytes: &[u8]| [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
        let entry = |family: u16, host: &str, number: &str, name: &[u8], data: &[u8]| {
            let fields = [field(host.as_bytes()), field(number.as_bytes()), field(name), field(data)].concat();
            [&family.to_be_bytes(), fields.as_slice()].concat()
        };
        let file = [
            entry(256, "desk", "1", COOKIE, b"one"),
            entry(256, "desk", "0", b"XDM-AUTHORIZATION-1", b"old"),
            entry(256, "desk", "0", COOKIE, b"zero"),
            entry(65535, "", "7", COOKIE, b"wild"),
        ]
        .concat();
        let found = |host: &str, display| cookie(&file, Family::LOCAL, host.as_bytes(), display).map(|(_, data)| data);
        assert_eq!(found("desk", 0).as_deref(), Some(b"zero".as_slice()));
        assert_eq!(found("desk", 1).as_deref(), Some(b"one".as_slice()));
        assert_eq!(found("other", 0), None);
        assert_eq!(found("other", 7).as_deref(), Some(b"wild".as_slice()));
        assert_eq!(cookie(&file[..file.len() - 2], Family::LOCAL, b"other", 7), None, "a file that was cut off");
    }
}
