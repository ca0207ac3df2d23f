//! Clients that send too much, too many or nothing sensible: each is told, and none of the others notices.

use hob_protocol::codec::MAX_MESSAGE_BYTES;
use hob_protocol::daemon::{EngineKind, EngineState};
use hob_tests::{Daemon, Home, Wire};
use serde_json::json;

use crate::{generate, stream, text};

#[track_caller]
fn serves(wire: &mut Wire) {
    assert_eq!(
        text(&{
            wire.call(&generate("still here"));
            wire.reply()
        }),
        "still here"
    );
}

/// Sends this to a daemon, and gives the one reply before it hangs up.
#[track_caller]
fn refused(daemon: &Daemon, bytes: &[u8]) -> serde_json::Value {
    let mut wire = daemon.wire();
    // The daemon need not read it all.
    wire.try_send(bytes);
    let reply = wire.reply();
    assert_eq!(wire.next_reply(), None);
    serves(&mut daemon.wire());
    reply
}

#[test]
fn what_is_no_message_is_refused_and_the_connection_ends() {
    let daemon = Daemon::start();
    for (bytes, problem) in [
        (&b"hello\0"[..], "it is no JSON object"),
        (b"\0", "it is no JSON object"),
        (b"[\"dev.hob.Daemon.Status\"]\0", "it is no JSON object"),
        (b"\xff\xfe\0", "it is no JSON object"),
        (b"{\"method\": \0", "EOF while parsing a value at line 1 column 11"),
        (b"{}\0", "missing field `method` at line 1 column 2"),
        (b"{\"method\": 7}\0", "invalid type: integer `7`, expected a string at line 1 column 12"),
    ] {
        let expected = json!({"error": "dev.hob.Daemon.Malformed", "parameters": {"problem": problem}});
        assert_eq!(refused(&daemon, bytes), expected);
    }
    let deep = format!("{{\"method\": {}\0", "[".repeat(1_000_000));
    let reply = refused(&daemon, deep.as_bytes());
    assert_eq!(reply["error"], "dev.hob.Daemon.Malformed", "{reply}");
}

#[test]
fn a_message_without_end_is_refused_at_the_limit() {
    let daemon = Daemon::start();
    let too_large = json!({
        "error": "dev.hob.Daemon.TooLarge",
        "parameters": {"what": "message", "limit_bytes": MAX_MESSAGE_BYTES},
    });
    // 10 MB of bytes without any sense, but also without a NUL byte.
    let garbage: Vec<u8> =
        (0..10_000_000_u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8 | 1).collect();
    assert_eq!(refused(&daemon, &garbage), too_large);
    assert_eq!(refused(&daemon, "{\"method\":\"".repeat(1_000_000).as_bytes()), too_large);
    let long_text = format!("{}\0", generate(&"a".repeat(MAX_MESSAGE_BYTES)));
    assert_eq!(refused(&daemon, long_text.as_bytes()), too_large);
    assert!(daemon.state().resident_bytes < 100_000_000, "nothing of it is kept");
}

#[test]
fn garbage_with_ends_in_it_is_refused_at_its_first_message() {
    let daemon = Daemon::start();
    let garbage: Vec<u8> = (0..10_000_000_u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let reply = refused(&daemon, &garbage);
    assert_eq!(reply["error"], "dev.hob.Daemon.Malformed", "{reply}");
}

#[test]
fn of_200_connections_those_beyond_the_limit_are_told_so() {
    let daemon = Daemon::start();
    let mut watch = daemon.watch();
    let mut wires: Vec<_> = (0..200).map(|_| daemon.wire()).collect();
    let busy = json!({"error": "dev.hob.Daemon.Busy", "parameters": {"what": "connections", "limit": 128}});
    // The watcher has the first of the 128 places.
    let (served, refused) = wires.split_at_mut(127);
    for wire in refused {
        assert_eq!(wire.reply(), busy);
        assert_eq!(wire.next_reply(), None);
    }
    for wire in served {
        let reply = wire.ask("org.varlink.service.GetInfo", json!({}));
        assert_eq!(reply["parameters"]["product"], "hobd");
    }
    wires.drain(..127).for_each(Wire::close);
    serves(&mut daemon.wire());
    watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Ready);
}

#[test]
fn with_a_higher_limit_all_200_are_served() {
    let daemon = Home::new().with_config("[limits]\nconnections = 300\nrequests = 300\n").start();
    let mut wires: Vec<_> = (0..200).map(|_| daemon.wire()).collect();
    for wire in &mut wires {
        wire.call(&generate("for everyone"));
    }
    for wire in &mut wires {
        assert_eq!(text(&wire.reply()), "for everyone");
    }
    assert_eq!(daemon.state().connections, 201);
}

#[test]
fn requests_beyond_their_limit_are_told_so() {
    let daemon = Home::new().with_config("[limits]\nrequests = 2\n").start();
    let mut watch = daemon.watch();
    let mut wire = daemon.wire();
    wire.call(&generate("fake:hang"));
    watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Busy);
    let busy = json!({"error": "dev.hob.Daemon.Busy", "parameters": {"what": "requests", "limit": 2}});
    assert_eq!(daemon.ask("dev.hob.Text.Actions", json!({})), busy);
    drop(watch);
}

#[test]
fn those_in_the_line_are_told_their_places() {
    let daemon = Daemon::start();
    let waiting = |reason: &str, position: u64| json!({"parameters": {"waiting": {"reason": reason, "position": position}}, "continues": true});
    let mut first = daemon.wire();
    first.call(&stream("fake:once-hang"));
    assert_eq!(first.reply(), waiting("loading", 1));
    let mut watch = daemon.watch();
    watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Busy);
    let mut second = daemon.wire();
    second.call(&stream("two"));
    assert_eq!(second.reply(), waiting("requests", 2));
    let mut third = daemon.wire();
    third.call(&stream("three"));
    assert_eq!(third.reply(), waiting("requests", 3));
    drop(second);
    assert_eq!(third.reply(), waiting("requests", 2));
    // The place of one that hangs becomes free when it is ended.
    drop(first);
    assert_eq!(third.news()["parameters"]["delta"], "three");
}

#[test]
fn a_client_that_does_not_read_is_cut_off_and_the_others_are_served() {
    let daemon = Daemon::start();
    let before = daemon.state().resident_bytes;
    let mut deaf = daemon.wire();
    deaf.call(&stream("fake:flood"));
    let mut watch = daemon.watch();
    watch.until_engine(EngineKind::Text, |engine| engine.state == EngineState::Busy);
    let recording = daemon.home().recording(100);
    let heard = daemon.ask("dev.hob.Speech.Transcribe", json!({"path": recording}));
    assert_eq!(text(&heard), "heard 1600 samples");
    daemon.wait_for_log("a client does not read its replies and is cut off");
    let grown = daemon.state().resident_bytes.saturating_sub(before);
    assert!(grown < 50_000_000, "{grown} bytes more");
    serves(&mut daemon.wire());
    drop(deaf);
}
