//! The thread's decisions, with a desktop and backends that only note what they are asked for.

use std::cell::RefCell;
use std::rc::Rc;

use hob_protocol::daemon::PartState;
use hob_protocol::{Error, Secret};
use tokio::sync::{oneshot, watch};

use super::backend::{Aim, Backend, Before, Failure, Fitness, Put, Session, Steps, Touched, Way};
use super::hands::Hands;
use super::list::Tools;
use super::witness::{Testimony, Witness};
use super::{Job, Settings};
use crate::core::{Arrival, Inserted, Manner, Newline, Receipt, Window};

/// What stands in the world, and what is done to it.
#[derive(Debug, Default)]
struct World {
    window: Option<Window>,
    selected: Option<String>,
    copied: Option<String>,
    /// What the window says of texts; the default is nothing at all.
    testimony: Option<Testimony>,
    before_cursor: Option<String>,
    /// What the desktop knows of typing; the default is nothing.
    touched: Option<Touched>,
    /// What the keys that select lead to, one after another.
    selects: Vec<String>,
    /// Another window takes the keyboard while a text is sent.
    is_interrupted: bool,
    deeds: Vec<String>,
}

type Shared = Rc<RefCell<World>>;

struct Desk(Shared);

impl Session for Desk {
    fn name(&self) -> &'static str {
        "desk"
    }

    fn fitness(&mut self) -> Fitness {
        Fitness::Works { why: "it is a test".to_owned() }
    }

    fn window(&mut self) -> Result<Option<Window>, Failure> {
        Ok(self.0.borrow().window.clone())
    }

    fn selection(&mut self) -> Result<Option<Secret>, Failure> {
        Ok(self.0.borrow().selected.clone().map(Secret::new))
    }

    fn clipboard(&mut self) -> Result<Option<Secret>, Failure> {
        Ok(self.0.borrow().copied.clone().map(Secret::new))
    }

    fn copy(&mut self, text: &Secret) -> Result<(), Failure> {
        self.0.borrow_mut().deeds.push(format!("copy {}", text.as_str()));
        Ok(())
    }

    fn touched(&mut self, _: &Window, _: &str) -> Touched {
        self.0.borrow().touched.unwrap_or(Touched::Unknown)
    }

    fn select(&mut self, _: &Window, steps: Steps, _: &str) -> Option<Secret> {
        let mut world = self.0.borrow_mut();
        let selected = (!world.selects.is_empty()).then(|| world.selects.remove(0))?;
        world.deeds.push(format!("{steps:?}"));
        Some(Secret::new(selected))
    }

    fn unselect(&mut self) {
        self.0.borrow_mut().deeds.push("unselect".to_owned());
    }
}

struct Fake {
    name: &'static str,
    way: Way,
    world: Shared,
    result: Result<Put, Failure>,
}

impl Backend for Fake {
    fn name(&self) -> &'static str {
        self.name
    }

    fn way(&self) -> Way {
        self.way
    }

    fn fitness(&mut self) -> Fitness {
        if self.name == "absent" {
            return Fitness::Missing { why: "it is not there".to_owned(), hint: Some("get one".to_owned()) };
        }
        Fitness::Works { why: "it is there".to_owned() }
    }

    fn insert(&mut self, text: &str, aim: &Aim) -> Result<Put, Failure> {
        let mut world = self.world.borrow_mut();
        if aim.before == Before::Keys {
            world.deeds.push("behind keys".to_owned());
        }
        world.deeds.push(format!("{} {text}", self.name));
        if world.is_interrupted {
            world.window = window("another");
        }
        self.result.clone()
    }

    fn erase(&mut self, times: usize, _aim: &Aim) -> Result<(), Failure> {
        self.world.borrow_mut().deeds.push(format!("{} erases {times}", self.name));
        Ok(())
    }
}

impl Witness for Desk {
    fn get_ready(&mut self, _: Option<&Window>) {}

    fn begin(&mut self, _: Option<&Window>) {}

    fn end(&mut self, _: &str) -> Testimony {
        self.0.borrow().testimony.clone().unwrap_or(Testimony::Unknown)
    }

    fn before_cursor(&mut self, _: Option<&Window>, _: usize) -> Option<String> {
        self.0.borrow().before_cursor.clone()
    }
}

fn window(id: &str) -> Option<Window> {
    let id = (!id.is_empty()).then(|| id.to_owned())?;
    Some(Window { id, ..Window::default() })
}

struct Rig {
    world: Shared,
    hands: Option<Hands>,
    parts: watch::Receiver<Vec<hob_protocol::daemon::Part>>,
}

impl Rig {
    fn new(settings: Settings, backends: Vec<(&'static str, Way, Result<Put, Failure>)>) -> Self {
        let world = Shared::default();
        world.borrow_mut().window = window("1");
        let fake = |(name, way, result)| Box::new(Fake { name, way, world: world.clone(), result }) as Box<dyn Backend>;
        let backends = backends.into_iter().map(fake).collect();
        let witness = Box::new(Desk(world.clone()));
        let tools = Tools { sessions: vec![Box::new(Desk(world.clone()))], backends, witness };
        let (tell, parts) = watch::channel(Vec::new());
        Self { hands: Some(Hands::with(settings, tools, tell)), world, parts }
    }

    /// Runs the jobs to their end.
    fn work(&mut self, job: Job) {
        let (jobs, queue) = std::sync::mpsc::sync_channel(1);
        jobs.send(job).unwrap();
        drop(jobs);
        self.hands.take().unwrap().work(&queue);
    }

    fn insert(mut self, text: &str, manner: Manner, meant: Option<Window>) -> (Inserted, Vec<String>) {
        let (answer, mut answered) = oneshot::channel();
        self.work(Job::Insert { text: Secret::new(text), manner, window: meant, answer });
        (answered.try_recv().unwrap(), self.world.take().deeds)
    }

    fn take_back(mut self, receipt: Receipt) -> (Result<(), Error>, Vec<String>) {
        let (answer, mut answered) = oneshot::channel();
        self.work(Job::TakeBack { receipt, answer });
        (answered.try_recv().unwrap(), self.world.take().deeds)
    }
}

fn both() -> Rig {
    Rig::new(
        Settings { paste_from_chars: 5, ..Settings::default() },
        vec![("keys", Way::Types, Ok(Put::Sent)), ("clip", Way::Pastes, Ok(Put::Verified))],
    )
}

#[test]
fn a_short_text_is_typed_and_a_long_one_pasted() {
    let (inserted, deeds) = both().insert("abc\r\n", Manner::default(), window("1"));
    assert_eq!((inserted.arrival, deeds), (Arrival::Sent, vec!["keys abc\n".to_owned()]));
    let receipt = inserted.receipt.unwrap();
    assert_eq!((receipt.text.as_str(), receipt.window), ("abc\n", window("1")));
    let (inserted, deeds) = both().insert("abcde", Manner { newline: Newline::Space, ..Manner::default() }, None);
    assert_eq!((inserted.arrival, deeds), (Arrival::Verified, vec!["clip abcde".to_owned()]));
}

#[test]
fn another_way_is_tried_only_if_nothing_has_arrived() {
    let cannot = || ("no", Way::Types, Err(Failure::before("too early")));
    let broken = || ("half", Way::Types, Err(Failure::midway("the window closed")));
    let good = || ("keys", Way::Types, Ok(Put::Sent));
    let absent = || ("absent", Way::Types, Ok(Put::Sent));
    let insert = |backends| Rig::new(Settings::default(), backends).insert("a", Manner::default(), None);

    let (inserted, deeds) = insert(vec![absent(), cannot(), good()]);
    assert_eq!((inserted.arrival, deeds), (Arrival::Sent, vec!["no a".to_owned(), "keys a".to_owned()]));
    let (inserted, deeds) = insert(vec![cannot(), broken(), good()]);
    let failed = |problem: &str| Arrival::Failed { problem: problem.to_owned(), on_clipboard: true };
    assert_eq!(inserted.arrival, failed("the window closed"));
    assert_eq!(deeds, ["no a", "half a", "copy a"]);
    let (inserted, deeds) = insert(vec![absent()]);
    assert_eq!((inserted.arrival, deeds), (failed("absent: it is not there"), vec!["copy a".to_owned()]));
    assert_eq!(inserted.receipt, None);
}

#[test]
fn a_text_goes_only_to_the_window_it_is_meant_for() {
    let (inserted, deeds) = both().insert("a", Manner::default(), window("2"));
    let problem = "another window has the keyboard now".to_owned();
    assert_eq!(inserted.arrival, Arrival::Failed { problem, on_clipboard: true });
    assert_eq!(deeds, ["copy a"]);
    let rig = both();
    rig.world.borrow_mut().window = None;
    let (inserted, _) = rig.insert("a", Manner::default(), window("2"));
    assert!(matches!(inserted.arrival, Arrival::Failed { .. }));
}

#[test]
fn where_no_window_has_the_keyboard_nothing_is_typed() {
    let rig = Rig::new(Settings::default(), vec![("keys", Way::Types, Ok(Put::Sent))]);
    rig.world.borrow_mut().window = None;
    let (inserted, deeds) = rig.insert("a", Manner::default(), None);
    let problem = "no window has the keyboard".to_owned();
    assert_eq!((inserted.arrival, deeds), (Arrival::Failed { problem, on_clipboard: true }, vec!["copy a".to_owned()]));
    let rig = both();
    rig.world.borrow_mut().window = None;
    let (inserted, deeds) = rig.insert("a", Manner::default(), None);
    assert_eq!((inserted.arrival, deeds), (Arrival::Verified, vec!["clip a".to_owned()]), "a launcher may take it");
}

#[test]
fn a_replacement_needs_a_selection_and_keeps_it_for_undo() {
    let manner = Manner { replaces: Some(Secret::new("old")), ..Manner::default() };
    for selected in [None, Some("another".to_owned())] {
        let rig = both();
        rig.world.borrow_mut().selected = selected;
        let (inserted, deeds) = rig.insert("a", manner.clone(), None);
        assert!(matches!(inserted.arrival, Arrival::Failed { .. }));
        assert_eq!(deeds, ["copy a"]);
    }
    let rig = both();
    rig.world.borrow_mut().selected = Some("old".to_owned());
    let (inserted, _) = rig.insert("a", manner, None);
    let receipt = inserted.receipt.unwrap();
    assert_eq!(receipt.replaced, Some(Secret::new("old")));
    let (result, deeds) = untouched().take_back(receipt);
    assert_eq!((result, deeds), (Ok(()), ["keys erases 1", "behind keys", "keys old"].map(str::to_owned).to_vec()));
}

#[test]
fn only_the_same_window_is_taken_back_from() {
    let receipt = Receipt { window: window("2"), text: Secret::new("a\t🙂"), replaced: None };
    let (result, deeds) = both().take_back(receipt.clone());
    assert!(matches!(result, Err(Error::NothingToUndo { .. })), "{result:?}");
    assert!(deeds.is_empty(), "{deeds:?}");
    let (result, deeds) = untouched().take_back(Receipt { window: window("1"), ..receipt });
    assert_eq!((result, deeds), (Ok(()), vec!["keys erases 3".to_owned()]));
}

#[test]
fn what_the_window_tells_is_the_result() {
    let told = |testimony: Testimony| {
        let rig = both();
        rig.world.borrow_mut().testimony = Some(testimony);
        let (inserted, deeds) = rig.insert("a\nb", Manner::default(), None);
        let stands = inserted.receipt.map(|receipt| receipt.text.as_str().to_owned());
        (inserted.arrival, stands, deeds.len())
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(told(Testimony::Arrived("ab".to_owned())), (Arrival::Verified, some("ab"), 1));
    assert_eq!(told(Testimony::Unknown), (Arrival::Sent, some("a\nb"), 1));
    let problem = "nothing has arrived in the field that has the keyboard".to_owned();
    assert_eq!(told(Testimony::Nothing), (Arrival::Failed { problem, on_clipboard: true }, None, 2));
}

#[test]
fn a_text_whose_window_loses_the_keyboard_meanwhile_has_not_arrived() {
    let rig = both();
    rig.world.borrow_mut().is_interrupted = true;
    let (inserted, deeds) = rig.insert("a", Manner::default(), window("1"));
    let problem = "while the text was sent, another window has the keyboard now".to_owned();
    assert_eq!(inserted.arrival, Arrival::Failed { problem, on_clipboard: true });
    assert_eq!(deeds, ["keys a", "copy a"]);
}

/// A terminal asks in a window of its own whether to paste several lines, and that window holds them.
#[test]
fn what_another_window_tells_proves_nothing() {
    let told = |text: &str| {
        let rig = both();
        rig.world.borrow_mut().is_interrupted = true;
        rig.world.borrow_mut().testimony = Some(Testimony::Arrived(text.to_owned()));
        rig.insert(text, Manner::default(), window("1")).0.arrival
    };
    assert_eq!(told("a\nb"), Arrival::Sent);
    assert!(matches!(told("a"), Arrival::Failed { .. }));
}

#[test]
fn what_stands_is_taken_back_and_no_more() {
    let take_back = |before: Option<&str>, text: &str| {
        let rig = untouched();
        rig.world.borrow_mut().before_cursor = before.map(str::to_owned);
        let receipt = Receipt { window: window("1"), text: Secret::new(text), replaced: None };
        let (result, deeds) = rig.take_back(receipt);
        (result.is_ok(), deeds.concat())
    };
    assert_eq!(take_back(Some("mine: a\nb"), "a\nb"), (true, "keys erases 3".to_owned()));
    assert_eq!(take_back(Some("mine: ab"), "a\nb"), (true, "keys erases 2".to_owned()));
    assert_eq!(take_back(Some("something else"), "a\nb"), (false, String::new()));
    assert_eq!(take_back(None, "ab"), (true, "keys erases 2".to_owned()));
    assert_eq!(take_back(None, "a\nb"), (false, String::new()));
}

/// The desktop knows of nothing that was typed.
fn untouched() -> Rig {
    let rig = both();
    rig.world.borrow_mut().touched = Some(Touched::No);
    rig
}

#[test]
fn what_may_have_been_added_to_is_not_taken_back_unseen() {
    let take_back = |touched: Touched, text: &str, selects: &[&str]| {
        let rig = both();
        rig.world.borrow_mut().touched = Some(touched);
        rig.world.borrow_mut().selects = selects.iter().map(|text| (*text).to_owned()).collect();
        let (result, deeds) = rig.take_back(Receipt { window: window("1"), text: Secret::new(text), replaced: None });
        (result.is_ok(), deeds.join(", "))
    };
    let taken = |deeds: &str| (true, deeds.to_owned());
    let left = |deeds: &str| (false, deeds.to_owned());
    assert_eq!(take_back(Touched::Yes, "a\nb", &["a\nb"]), left(""));
    assert_eq!(take_back(Touched::Unknown, "a\nb", &[]), left(""));
    assert_eq!(take_back(Touched::Unknown, "a\nb", &["a\nb"]), taken("Left(3), keys erases 1"));
    assert_eq!(take_back(Touched::Unknown, "a\nb", &["\nbc"]), left("Left(3), unselect"));
    assert_eq!(take_back(Touched::No, "a\nb", &["a\nb"]), taken("Left(3), keys erases 1"));
    // A program that takes the joined pictures for two, one that takes two for one, and one that selects nothing.
    assert_eq!(take_back(Touched::No, "a👩‍👧", &["👩‍👧", "a👩‍👧"]), taken("Left(2), Left(1), keys erases 1"));
    assert_eq!(take_back(Touched::No, "🇩🇪", &["a🇩🇪", "🇩🇪"]), taken("Left(1), Right(1), keys erases 1"));
    assert!(!take_back(Touched::No, "🇩🇪", &[""; 5]).0);
}

#[test]
fn a_window_that_tells_of_one_line_alone_is_looked_at() {
    let take_back = |before: &str| {
        let rig = both();
        rig.world.borrow_mut().before_cursor = Some(before.to_owned());
        rig.world.borrow_mut().selects = vec!["a\nb".to_owned()];
        rig.take_back(Receipt { window: window("1"), text: Secret::new("a\nb"), replaced: None }).1.join(", ")
    };
    assert_eq!(take_back("b"), "Left(3), keys erases 1");
    assert_eq!(take_back("b!"), "");
}

#[test]
fn a_job_nobody_waits_for_is_not_begun() {
    let mut rig = both();
    let (answer, answered) = oneshot::channel();
    drop(answered);
    rig.work(Job::Insert { text: Secret::new("late"), manner: Manner::default(), window: None, answer });
    assert!(rig.world.take().deeds.is_empty());
}

#[test]
fn the_parts_say_what_is_used_and_why() {
    let absent = || ("absent", Way::Types, Ok(Put::Sent));
    let looked = |backends| {
        let mut rig = Rig::new(Settings::default(), backends);
        rig.work(Job::LookAgain);
        rig.parts.borrow().clone()
    };
    let parts = looked(vec![absent(), ("keys", Way::Types, Ok(Put::Sent))]);
    let [insertion, selection] = parts.as_slice() else { panic!("{parts:?}") };
    assert_eq!((insertion.state, insertion.using.as_str()), (PartState::Works, "keys"));
    assert_eq!(insertion.why, "absent: it is not there; keys: it is there");
    assert_eq!((selection.name.as_str(), selection.using.as_str()), ("selection", "desk"));
    let parts = looked(vec![absent(), ("keys", Way::Types, Ok(Put::Sent)), ("absent", Way::Pastes, Ok(Put::Sent))]);
    assert_eq!(parts[0].why, "absent, absent: it is not there; keys: it is there");
    let parts = looked(vec![("absent", Way::HandsOver, Ok(Put::Sent)), ("keys", Way::Types, Ok(Put::Sent))]);
    assert_eq!(parts[0].why, "keys: it is there", "nobody has asked for a command");
    let parts = looked(vec![absent()]);
    assert_eq!((parts[0].state, parts[0].hint.as_deref()), (PartState::Missing, Some("get one")));
}
