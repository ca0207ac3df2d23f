//! A short run of the fuzz targets with a fixed seed: mutations of the golden messages. The long run is `cargo fuzz`
//! (`protocol/fuzz/`); an input that it finds is added here as a test.

#![expect(clippy::unwrap_used, reason = "a test, helpers included")]

#[path = "../fuzz/targets.rs"]
mod targets;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use hob_protocol::engine::encode;
use serde_json::Value;

const ROUNDS: u64 = 20_000;

#[test]
fn socket_decoder() {
    let mut seeds: Vec<Vec<u8>> = golden().map(|line| [line.as_bytes(), b"\0"].concat()).collect();
    seeds.push(seeds.concat());
    fuzz(&seeds, targets::socket_decoder);
}

#[test]
fn engine_decoder() {
    let frame = |line: String| encode(&serde_json::from_str::<Value>(&line).unwrap(), &[0, 0, 128, 62]);
    let mut seeds: Vec<Vec<u8>> = golden().map(frame).collect();
    seeds.push(seeds.concat());
    fuzz(&seeds, targets::engine_decoder);
}

/// Every golden line of every file.
fn golden() -> impl Iterator<Item = String> {
    let mut files: Vec<_> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/wire"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_stem().is_some_and(|name| name != "errors-for-people"))
        .collect();
    files.sort();
    assert!(files.len() > 20, "the golden files are the seeds");
    files.into_iter().flat_map(|file| fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect::<Vec<_>>())
}

fn fuzz(seeds: &[Vec<u8>], target: fn(&[u8])) {
    let mut dice = Dice(0x0b5e_55ed);
    for round in 0..ROUNDS {
        // The first byte is the size of the portions.
        let mut input = vec![dice.roll(256) as u8];
        input.extend(dice.pick(seeds));
        for _ in 0..dice.roll(8) {
            mutate(&mut input, &mut dice, seeds);
        }
        input.truncate(8192);
        let passed = catch_unwind(|| target(&input)).is_ok();
        assert!(passed, "round {round}, input b\"{}\"", input.escape_ascii());
    }
}

fn mutate(input: &mut Vec<u8>, dice: &mut Dice, seeds: &[Vec<u8>]) {
    /// Bytes that mean something to one of the formats.
    const SPECIAL: &[&[u8]] = &[
        b"\0",
        b"\0\0\0\0",
        b"\xff\xff\xff\xff",
        b"{",
        b"}",
        b"[",
        b"\"",
        b"\\u0000",
        b"null",
        b"1e999",
        b"-0",
        b"\xc3",
    ];
    let at = dice.roll(input.len() + 1);
    let end = (at + dice.roll(24)).min(input.len());
    match dice.roll(6) {
        0 => input.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << dice.roll(8)),
        1 => drop(input.drain(at..end)),
        2 => drop(input.splice(at..end, dice.pick(SPECIAL).iter().copied())),
        3 => drop(input.splice(at..at, input[at..end].to_vec())),
        4 => drop(input.splice(at..end, dice.pick(seeds).iter().copied().skip(dice.roll(16)))),
        _ => input.truncate(at),
    }
}

/// A small generator of our own (splitmix64), so that the same seed means the same inputs for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) % sides as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}
