//! The ways to misbehave that end in no answer. Writes past the worker, straight into the socket.

use std::io::Write as _;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::process::exit;

use hob_protocol::engine::{FromEngine, encode};
use rustix::process::{Signal, getpid, kill_process};

pub(crate) const EXIT_CODE: i32 = 3;

pub(crate) fn die_of(signal: Signal) -> ! {
    // More than once: Rust's own handler of SIGSEGV takes the first and only then lets the signal through.
    loop {
        kill_process(getpid(), signal).expect("a process may signal itself");
    }
}

/// For ever, or until the worker sees the socket closed.
pub(crate) fn hang() -> ! {
    loop {
        std::thread::park();
    }
}

pub(crate) fn garbage() -> ! {
    write(&[0xff; 64]);
    hang()
}

pub(crate) fn half(event: &FromEngine) -> ! {
    write_half(event);
    hang()
}

pub(crate) fn write_half(event: &FromEngine) {
    let bytes = encode(event, &[]);
    write(&bytes[..bytes.len() / 2]);
}

pub(crate) fn whole(event: &FromEngine) {
    write(&encode(event, &[]));
}

pub(crate) fn write(bytes: &[u8]) {
    let socket = std::io::stdin().as_fd().try_clone_to_owned().map(UnixStream::from);
    if socket.and_then(|mut socket| socket.write_all(bytes)).is_err() {
        exit(EXIT_CODE);
    }
}
