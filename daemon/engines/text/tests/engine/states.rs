//! States that outlive the process: nothing is computed twice, nothing changes, and no file is trusted.

use std::fs;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};

use hob_protocol::engine::{LoadOptions, States};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::inotify;
use rustix::time::Timespec;

use crate::process::{Ask, EngineProcess, PATIENCE, model};

/// What many requests begin with, and then the question.
fn ask(question: &str) -> Ask {
    let constant =
        "You are a careful librarian. Answer briefly, in plain words, and name your sources where you can. ".repeat(3);
    Ask::new(&format!("{constant}{question}")).constant(&constant).max_tokens(12)
}

fn start(folder: &Path, sha256: &str) -> EngineProcess {
    let states = States { folder: folder.join("states"), sha256: sha256.to_owned(), most_bytes: 100 << 20 };
    let mut engine = EngineProcess::start();
    let options = LoadOptions { threads: 0, context_tokens: 512, states: Some(states) };
    assert_eq!(engine.load(&model(), options), Ok(512));
    engine
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("states")).expect("the engine has made it");
    entries.map(|entry| entry.expect("it can be listed").path()).collect()
}

/// The files, once there are so many: they are written when nobody waits, after an answer.
fn written(folder: &Path, count: usize) -> Vec<PathBuf> {
    let changes = inotify::init(inotify::CreateFlags::CLOEXEC).expect("the kernel tells of changes");
    inotify::add_watch(&changes, folder.join("states"), inotify::WatchFlags::MOVED_TO).expect("it is there");
    loop {
        let files: Vec<PathBuf> =
            files(folder).into_iter().filter(|file| file.extension() == Some("state".as_ref())).collect();
        if files.len() == count {
            return files;
        }
        let patience = Timespec::try_from(PATIENCE).expect("it is short");
        let told = poll(&mut [PollFd::new(&changes, PollFlags::IN)], Some(&patience)).expect("it can be waited for");
        assert!(told > 0, "{count} expected, there are {files:?}");
        inotify::Reader::new(&changes, &mut [MaybeUninit::uninit(); 4096]).next().expect("an event");
    }
}

#[test]
fn a_restart_is_warm_and_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let question = "Where do whales live?";
    let mut engine = start(folder.path(), "a");
    let first = engine.generate(&ask(question).impersonal()).completion();
    assert_eq!(first.cached_tokens, 0);
    written(folder.path(), 1);
    let mut engine = start(folder.path(), "a");
    let second = engine.generate(&ask(question).impersonal()).completion();
    assert!(second.cached_tokens > 40, "{}", second.cached_tokens);
    assert_eq!(second.text, first.text);
    let other = engine.generate(&ask("What is a knot?").impersonal()).completion();
    assert_eq!(other.cached_tokens, second.cached_tokens);
    assert_eq!(other.text, EngineProcess::with_model(512).generate(&ask("What is a knot?")).completion().text);
}

#[test]
fn what_is_prepared_comes_from_the_disk_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let mut engine = start(folder.path(), "a");
    let (tokens, computed_before) = engine.prepare(&ask("").impersonal());
    assert_eq!(computed_before, 0);
    written(folder.path(), 1);
    let mut engine = start(folder.path(), "a");
    assert_eq!(engine.prepare(&ask("").impersonal()), (tokens, tokens));
    let question = "Where do whales live?";
    let answer = engine.generate(&ask(question).impersonal()).completion();
    let fresh = EngineProcess::with_model(512).generate(&ask(question)).completion();
    assert_eq!((answer.cached_tokens, answer.text), (tokens, fresh.text));
}

#[test]
fn what_another_request_left_is_not_lost_for_a_state_from_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut engine = start(folder.path(), "a");
    let (tokens, _) = engine.prepare(&ask("").impersonal());
    written(folder.path(), 1);
    let mut engine = start(folder.path(), "a");
    let own =
        "Answer as a sailor would who has seen every sea and every harbour, and who never hurries at all. ".repeat(3);
    let own = |question: &str| Ask::new(&format!("{own}{question}")).constant(&own).max_tokens(4);
    let (own_tokens, _) = engine.prepare(&own(""));
    assert_eq!(engine.generate(&ask("Who sings?").impersonal()).completion().cached_tokens, tokens);
    assert_eq!(engine.generate(&own("Who sings?")).completion().cached_tokens, own_tokens);
}

#[test]
fn nothing_of_a_persons_own_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut engine = start(folder.path(), "a");
    engine.generate(&Ask::new(&"My own words, and many of them. ".repeat(20)).max_tokens(2)).completion();
    let own = "Sign everything as Ada would, who is never in a hurry and never late. ".repeat(6);
    engine.prepare(&Ask::new(&own).constant(&own));
    engine.generate(&ask("Where do whales live?")).completion();
    // Those above would have been written before this one.
    let other = "Answer as a sailor would who has seen every sea and every harbour and all the ships. ".repeat(4);
    let (tokens, cached) = engine.prepare(&Ask::new(&other).constant(&other).impersonal());
    assert!(cached < tokens);
    let file = written(folder.path(), 1).remove(0);
    drop(engine);
    assert_eq!(start(folder.path(), "a").prepare(&Ask::new(&other).constant(&other).impersonal()), (tokens, tokens));
    assert_eq!(files(folder.path()), [file]);
}

#[test]
fn a_spoiled_file_is_nothing_and_another_file_of_the_model_has_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let asked = || ask("Where do whales live?").impersonal();
    let mut engine = start(folder.path(), "a");
    let first = engine.generate(&asked()).completion();
    let file = written(folder.path(), 1).remove(0);
    drop(engine);
    let whole = fs::read(&file).unwrap();
    let mut changed = whole.clone();
    let middle = whole.len() / 2;
    changed[middle] ^= 1;
    let foreign = [b"GGUF".repeat(2000), vec![0; 4]].concat();
    for bytes in [&changed[..], &whole[..middle], &foreign, &[]] {
        fs::write(&file, bytes).unwrap();
        let mut engine = start(folder.path(), "a");
        let again = engine.generate(&asked()).completion();
        assert_eq!((again.cached_tokens, &again.text), (0, &first.text));
        assert_eq!(written(folder.path(), 1), std::slice::from_ref(&file));
        assert_eq!(fs::read(&file).unwrap(), whole, "it was written anew, to the last bit");
    }
    let mut engine = start(folder.path(), "b");
    assert_eq!(engine.generate(&asked()).completion().cached_tokens, 0);
    written(folder.path(), 2);
}
