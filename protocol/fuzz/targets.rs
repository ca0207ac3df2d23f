//! What the fuzzer and the short seeded run in `tests/fuzz_short.rs` feed with bytes: both decoders, and everything behind them
//! that reads what a peer sent. A target panics if a promise is broken.

use hob_protocol::codec::{self, Decoder};
use hob_protocol::engine::{self, FrameDecoder, FromEngine, ToEngine};
use hob_protocol::wire::{Call, Reply};
use hob_protocol::{Error, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The public socket. The first byte says in which portions the others arrive.
pub fn socket_decoder(data: &[u8]) {
    const LIMIT: usize = 2048;
    let Some((&portion, data)) = data.split_first() else { return };
    let mut decoder = Decoder::with_limit(LIMIT);
    let mut returned = Vec::new();
    for bytes in data.chunks(usize::from(portion) + 1) {
        decoder.feed(bytes);
        loop {
            match decoder.next_message() {
                Ok(Some(message)) => {
                    assert!(message.len() <= LIMIT && !message.contains(&0), "a message beyond its limits");
                    read_message(&message);
                    returned.extend(message);
                    returned.push(0);
                }
                Ok(None) => break,
                Err(_) => {
                    let pending = &data[returned.len()..];
                    assert!(pending.iter().take(LIMIT + 1).all(|&byte| byte != 0), "refused without need");
                    return;
                }
            }
        }
    }
    returned.extend(decoder.into_rest());
    assert_eq!(returned, data, "bytes were lost or invented");
}

/// The private socketpair. The first byte says in which portions the others arrive.
pub fn engine_decoder(data: &[u8]) {
    let Some((&portion, data)) = data.split_first() else { return };
    let mut decoder = FrameDecoder::default();
    for bytes in data.chunks(usize::from(portion) + 1) {
        decoder.feed(bytes);
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => {
                    assert!(frame.head.len() + frame.tail.len() + 8 <= data.len(), "bytes were invented");
                    stable(frame.read::<ToEngine>().ok(), frame_of);
                    stable(frame.read::<FromEngine>().ok(), frame_of);
                    let samples = engine::samples_from_bytes(&frame.tail);
                    assert_eq!(samples.is_some(), frame.tail.len() % 4 == 0);
                }
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
}

fn read_message(message: &[u8]) {
    stable(serde_json::from_slice::<Reply>(message).ok(), message_of);
    let Ok(call) = serde_json::from_slice::<Call>(message) else { return };
    stable(Some(call.clone()), message_of);
    match Request::parse(&call.method, call.parameters) {
        Ok(request) => assert_eq!(request.name(), call.method),
        Err(error) => answerable(&error),
    }
    if let Ok(reply) = serde_json::from_slice::<Reply>(message)
        && let Err(error) = reply.into_result()
    {
        answerable(&error);
    }
}

/// An error that is sent is the error that arrives.
fn answerable(error: &Error) {
    let (name, parameters) = error.to_wire();
    assert_eq!(&Error::from_wire(name, parameters), error);
    let _ = (error.to_string(), error.hint());
}

/// What was read and written once can be read and written for ever without a change. Not at the first time: JSON has numbers that
/// are infinite as a 32-bit float, and writes those as null.
fn stable<T: Serialize + DeserializeOwned>(value: Option<T>, write: fn(&T) -> Vec<u8>) {
    let Some(value) = value else { return };
    let read = |bytes: &[u8]| serde_json::from_slice::<T>(bytes).expect("what was written can be read");
    let once = write(&read(&write(&value)));
    assert_eq!(write(&read(&once)), once);
}

fn message_of<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = codec::encode(value);
    assert_eq!(bytes.pop(), Some(0));
    bytes
}

fn frame_of<T: Serialize>(value: &T) -> Vec<u8> {
    let mut decoder = FrameDecoder::default();
    decoder.feed(&engine::encode(value, &[]));
    decoder.next_frame().expect("a frame of ours").expect("a whole frame").head
}
