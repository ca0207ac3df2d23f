//! The name on the session bus. This one question does not need a D-Bus library: it is two fixed messages and a look at a boolean.

use std::env;
use std::io::{self, Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::time::Duration;

use hob_protocol::daemon::State;

use super::Check;

const NAME: &str = "d-bus";
const BUS_NAME: &str = "dev.hob.Hob";

pub(super) fn check(state: Option<&State>) -> Vec<Check> {
    // Without a daemon nobody can own the name, and that was said.
    if state.is_none() {
        return Vec::new();
    }
    let without = "programs that use the socket, and `hob`, work without it";
    let check = match connect().and_then(|mut bus| has_owner(&mut bus, BUS_NAME)) {
        Ok(true) => Check::ok(NAME, format!("{BUS_NAME} is on the session bus")),
        Ok(false) => Check::warn(
            NAME,
            format!("nobody owns {BUS_NAME} on the session bus"),
            format!("restart hobd inside the session; {without}"),
        ),
        // A read that took too long.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            Check::warn(NAME, "the session bus does not answer", format!("log in again; {without}"))
        }
        Err(error) => Check::warn(NAME, format!("no session bus: {error}"), without),
    };
    vec![check]
}

/// The session bus, if it is at a Unix socket, which it is on every desktop.
fn connect() -> io::Result<UnixStream> {
    const PATIENCE: Duration = Duration::from_secs(2);
    let addresses = match (env::var("DBUS_SESSION_BUS_ADDRESS"), env::var("XDG_RUNTIME_DIR")) {
        (Ok(addresses), _) => addresses,
        (Err(_), Ok(runtime)) => format!("unix:path={runtime}/bus"),
        (Err(_), Err(_)) => return Err(io::Error::other("DBUS_SESSION_BUS_ADDRESS is not set")),
    };
    let mut result = Err(io::Error::other(format!("no address is understood in `{addresses}`")));
    for address in addresses.split(';').filter_map(|address| address.strip_prefix("unix:")) {
        for pair in address.split(',') {
            let address = match pair.split_once('=') {
                Some(("path", path)) => SocketAddr::from_pathname(path),
                Some(("abstract", name)) => SocketAddr::from_abstract_name(name),
                _ => continue,
            };
            result = address.and_then(|address| UnixStream::connect_addr(&address));
            if let Ok(bus) = result {
                bus.set_read_timeout(Some(PATIENCE))?;
                return Ok(bus);
            }
        }
    }
    result
}

/// Asks the bus itself who owns a name.
fn has_owner(bus: &mut (impl Read + Write), name: &str) -> io::Result<bool> {
    // The user's number in decimal digits, and those in hexadecimal.
    let user = rustix::process::geteuid().as_raw().to_string();
    let user = user.bytes().map(|digit| format!("{digit:02x}")).collect::<Vec<_>>().concat();
    bus.write_all(format!("\0AUTH EXTERNAL {user}\r\n").as_bytes())?;
    let answer = read_line(bus)?;
    if !answer.starts_with("OK") {
        return Err(io::Error::other(format!("the bus refuses this user: {}", answer.trim_end())));
    }
    bus.write_all(b"BEGIN\r\n")?;
    bus.write_all(&call(1, "Hello", None))?;
    bus.write_all(&call(2, "NameHasOwner", Some(name)))?;
    // The bus answers in order; signals, such as NameAcquired, come between.
    let mut answers = 0;
    loop {
        let (kind, body) = receive(bus)?;
        match kind {
            METHOD_RETURN => answers += 1,
            ERROR => return Err(io::Error::other("the bus answers with an error")),
            _ => {}
        }
        if answers == 2 {
            // A boolean is four bytes, one of which says all, whatever their order.
            return Ok(body.contains(&1));
        }
    }
}

const METHOD_RETURN: u8 = 2;
const ERROR: u8 = 3;

fn read_line(bus: &mut impl Read) -> io::Result<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    while !line.ends_with(b"\r\n") && line.len() < 1024 {
        bus.read_exact(&mut byte)?;
        line.extend(byte);
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}

/// A method call to the bus, in the byte order of `l`, with at most one string as its argument.
fn call(serial: u32, member: &str, argument: Option<&str>) -> Vec<u8> {
    let mut body = Vec::new();
    if let Some(argument) = argument {
        string(&mut body, argument);
    }
    let mut fields = Vec::new();
    let destination = "org.freedesktop.DBus";
    for (code, signature, value) in
        [(1, b'o', "/org/freedesktop/DBus"), (2, b's', destination), (3, b's', member), (6, b's', destination)]
    {
        pad(&mut fields, 8);
        fields.extend([code, 1, signature, 0]);
        string(&mut fields, value);
    }
    if argument.is_some() {
        pad(&mut fields, 8);
        fields.extend([8, 1, b'g', 0, 1, b's', 0]);
    }
    let mut message = vec![b'l', 1, 0, 1];
    for number in [body.len() as u32, serial, fields.len() as u32] {
        message.extend(number.to_le_bytes());
    }
    message.extend(fields);
    pad(&mut message, 8);
    message.extend(body);
    message
}

fn string(message: &mut Vec<u8>, text: &str) {
    message.extend((text.len() as u32).to_le_bytes());
    message.extend(text.as_bytes());
    message.push(0);
}

fn pad(message: &mut Vec<u8>, to: usize) {
    message.resize(message.len().next_multiple_of(to), 0);
}

/// The kind and the body of the next message.
fn receive(bus: &mut impl Read) -> io::Result<(u8, Vec<u8>)> {
    /// No answer of the bus to these calls comes near it.
    const LONGEST: usize = 64 * 1024;
    let mut head = [0; 16];
    bus.read_exact(&mut head)?;
    let number = |at: usize| {
        let bytes = [head[at], head[at + 1], head[at + 2], head[at + 3]];
        (if head[0] == b'B' { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }) as usize
    };
    let (body, fields) = (number(4), number(12));
    if body > LONGEST || fields > LONGEST {
        return Err(io::Error::other("the bus sends what is no answer"));
    }
    let fields = fields.next_multiple_of(8);
    let mut rest = vec![0; fields + body];
    bus.read_exact(&mut rest)?;
    Ok((head[1], rest.split_off(fields)))
}
