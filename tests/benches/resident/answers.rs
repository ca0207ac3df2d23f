//! The cost of a call, beside that of the bare system calls: a plain server that sends as many bytes back.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use hob_tests::Daemon;

use crate::figures::{Figures, against, line};

const CALLS: usize = 1000;
const STATUS: &[u8] = b"{\"method\":\"dev.hob.Daemon.Status\"}\0";
/// Microseconds.
const AIM: f64 = 150.0;
/// The first argument of the process that is the plain server.
pub(crate) const ECHO: &str = "--echo";

pub(crate) fn measure(daemon: &Daemon) {
    let socket = daemon.home().socket();
    let (one, fresh) = both(&socket);
    let reply_bytes = ask(&mut UnixStream::connect(&socket).unwrap());

    let plain = daemon.home().path().join("echo.sock");
    let listener_is_there = plain.clone();
    let mut server = Command::new(std::env::current_exe().unwrap());
    let mut server = server.args([ECHO, plain.to_str().unwrap(), &reply_bytes.to_string()]).spawn().unwrap();
    while UnixStream::connect(&listener_is_there).is_err() {
        std::thread::yield_now();
    }
    let (plain_one, plain_fresh) = both(&plain);
    server.kill().unwrap();
    server.wait().unwrap();

    let ratio = |hob: &Figures, plain: &Figures| hob.percentile(50).as_secs_f64() / plain.percentile(50).as_secs_f64();
    let verdict = |figures: &Figures| against(figures.percentile(50).as_secs_f64() * 1e6, AIM, "µs");
    line("status, 1000 calls on one connection", format!("{one}   {}", verdict(&one)));
    line(
        "  plain server, the same bytes",
        format!("{plain_one}   hob takes {:.1} times as long", ratio(&one, &plain_one)),
    );
    line("status, 1000 calls on connections of their own", format!("{fresh}   {}", verdict(&fresh)));
    let times = ratio(&fresh, &plain_fresh);
    line("  plain server, the same bytes", format!("{plain_fresh}   hob takes {times:.1} times as long"));
}

/// Calls on one connection, and calls that connect first.
fn both(socket: &Path) -> (Figures, Figures) {
    let mut stream = UnixStream::connect(socket).unwrap();
    let timed = |call: &mut dyn FnMut()| {
        (0..CALLS / 10).for_each(|_| call());
        let measured = (0..CALLS).map(|_| {
            let begin = Instant::now();
            call();
            begin.elapsed()
        });
        Figures::new(measured.collect::<Vec<Duration>>())
    };
    let one = timed(&mut || {
        ask(&mut stream);
    });
    // The plain server looks at one connection at a time.
    drop(stream);
    let fresh = timed(&mut || {
        ask(&mut UnixStream::connect(socket).unwrap());
    });
    (one, fresh)
}

/// Calls, and reads the reply up to its end. Returns how many bytes it had.
fn ask(stream: &mut UnixStream) -> usize {
    stream.write_all(STATUS).unwrap();
    let mut reply = [0; 8192];
    let mut count = 0;
    loop {
        count += stream.read(&mut reply[count..]).unwrap();
        if reply[..count].last() == Some(&0) {
            return count;
        }
    }
}

/// The plain server: a reply of so many bytes for every call, one connection after the other.
pub(crate) fn echo(socket: &str, reply_bytes: usize) {
    let listener = UnixListener::bind(socket).unwrap();
    let mut reply = vec![b' '; reply_bytes];
    *reply.last_mut().unwrap() = 0;
    let mut call = [0; 8192];
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        while stream.read(&mut call).is_ok_and(|count| count > 0) {
            if stream.write_all(&reply).is_err() {
                break;
            }
        }
    }
}
