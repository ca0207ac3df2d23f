//! What was computed for the instructions of an action outlives the daemon, and holds nothing of anybody's.

use std::fs;
use std::mem::MaybeUninit;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use hob_protocol::text::{Completion, Options, Run};
use hob_protocol::{Error, method};
use hob_tests::{Daemon, Home, PATIENCE, REAL_TEXT_MODEL};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::inotify;
use rustix::time::Timespec;

const TEXT: &str = "the kettle are hot";

fn run(daemon: &Daemon, action: &str, text: &str, options: Option<Options>) -> Completion {
    try_run(daemon, action, text, options).unwrap()
}

fn try_run(daemon: &Daemon, action: &str, text: &str, options: Option<Options>) -> Result<Completion, Error> {
    let run = Run { action: action.into(), text: text.into(), options, background: None };
    daemon.call(method::Run, &run).map(|reply| reply.result.expect("the last reply holds the result"))
}

/// For what is computed on the way: a small model's answer may well be refused.
fn answer(daemon: &Daemon, action: &str, text: &str, options: Option<Options>) {
    match try_run(daemon, action, text, options) {
        Ok(_) | Err(Error::Unfaithful { .. }) => {}
        Err(error) => panic!("{error}"),
    }
}

fn folder(home: &Home) -> PathBuf {
    home.path().join("home/.cache/hob/states")
}

fn names(home: &Home) -> Vec<PathBuf> {
    let files = fs::read_dir(folder(home)).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|file| file.extension() == Some("state".as_ref())).collect()
}

/// The files, once there are so many: they are written when nobody waits, after an answer.
fn written(home: &Home, count: usize) -> Vec<PathBuf> {
    let changes = inotify::init(inotify::CreateFlags::CLOEXEC).unwrap();
    inotify::add_watch(&changes, folder(home), inotify::WatchFlags::MOVED_TO).unwrap();
    while names(home).len() != count {
        let patience = Timespec::try_from(PATIENCE).unwrap();
        let told = poll(&mut [PollFd::new(&changes, PollFlags::IN)], Some(&patience)).unwrap();
        assert!(told > 0, "{count} expected, there are {:?}", names(home));
        inotify::Reader::new(&changes, &mut [MaybeUninit::uninit(); 4096]).next().unwrap();
    }
    names(home)
}

/// Names and contents of what is kept.
fn kept(home: &Home) -> Vec<(PathBuf, Vec<u8>)> {
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder(home)), 0o700);
    let files = names(home).into_iter();
    files
        .map(|file| {
            assert_eq!(mode(file.clone()), 0o600);
            let bytes = fs::read(&file).unwrap();
            (file, bytes)
        })
        .collect()
}

#[test]
fn the_first_answer_after_a_restart_has_its_beginning_from_the_disk() {
    let daemon = Home::real(&[REAL_TEXT_MODEL]).start();
    let first = run(&daemon, "fix", TEXT, None);
    assert_eq!(first.cached_tokens, 0);
    written(daemon.home(), 1);
    let daemon = daemon.terminate().1.start();
    let second = run(&daemon, "fix", TEXT, None);
    assert!(second.cached_tokens > 100, "{second:?}");
    assert_eq!(second.text, first.text);
}

#[test]
fn a_spoiled_file_is_not_used_and_another_one_takes_its_place() {
    let daemon = Home::real(&[REAL_TEXT_MODEL]).start();
    let first = run(&daemon, "fix", TEXT, None);
    let file = written(daemon.home(), 1).remove(0);
    let home = daemon.terminate().1;
    let whole = fs::read(&file).unwrap();
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(&file, changed).unwrap();
    let daemon = home.start();
    let second = run(&daemon, "fix", TEXT, None);
    assert_eq!((second.cached_tokens, second.text), (0, first.text));
    assert_eq!(written(daemon.home(), 1), std::slice::from_ref(&file));
    assert!(fs::read(&file).unwrap() == whole, "it was written anew");
}

#[test]
fn what_is_kept_is_the_same_whatever_the_text_was_and_nothing_of_a_persons_own_is_kept() {
    const OWN: &str = "[actions.sign]\nprompt = \"Sign the text with Ada, who is never in a hurry.\"\n";
    let kept_of = |home: Home, text: &str, question: &str| {
        let daemon = home.start();
        let asked = Options { question: Some(question.into()), ..Options::default() };
        answer(&daemon, "ask", text, Some(asked));
        answer(&daemon, "sign", text, None);
        // What was to be kept of those above would be written first.
        answer(&daemon, "title", text, None);
        written(daemon.home(), 1);
        let home = daemon.terminate().1;
        (kept(&home), home)
    };
    let (first, home) = kept_of(Home::real(&[REAL_TEXT_MODEL]).with_config(OWN), TEXT, "What is hot?");
    assert_eq!(first.len(), 1, "of the title alone");
    fs::remove_dir_all(home.path().join("home/.cache")).unwrap();
    let (second, _) = kept_of(home, "A ship sails to the north.", "Where to?");
    assert!(first == second, "what was kept says something of the text");
}

#[test]
fn nothing_is_kept_where_nothing_is_wanted() {
    let daemon = Home::real(&[REAL_TEXT_MODEL]).with_config("[text]\nstates_mb = 0\n").start();
    answer(&daemon, "title", TEXT, None);
    let home = daemon.terminate().1;
    assert!(!home.path().join("home/.cache").exists());
}
