//! The thread that works at the cursor: takes one job after another, finds a backend for it, and answers. It never tries a second
//! way when a part of the text may have arrived by the first.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Instant;

use hob_protocol::daemon::{Part, PartState};
use hob_protocol::{Error, Secret};
use tokio::sync::watch;

use super::backend::{Aim, Backend, Failure, Fitness, Put, Reach, Session, Way};
use super::list::{self, Tools};
use super::order::{Wish, order};
use super::witness::{Testimony, Witness, standing};
use super::{Job, Settings, text};
use crate::core::{Arrival, Inserted, Manner, Newline, PasteKey, Receipt, Selection, Window};
use crate::graphical_session::Variables;

pub struct Hands {
    settings: Settings,
    sessions: Vec<Box<dyn Session>>,
    backends: Vec<Box<dyn Backend>>,
    witness: Box<dyn Witness>,
    parts: watch::Sender<Vec<Part>>,
}

impl Hands {
    pub fn new(settings: Settings, session: &watch::Receiver<Variables>, parts: watch::Sender<Vec<Part>>) -> Self {
        let tools = list::all(&settings, session);
        Self::with(settings, tools, parts)
    }

    pub fn with(settings: Settings, tools: Tools, parts: watch::Sender<Vec<Part>>) -> Self {
        let Tools { sessions, backends, witness } = tools;
        Self { settings, sessions, backends, witness, parts }
    }

    /// Until nobody can ask for anything any more.
    pub fn work(mut self, jobs: &Receiver<Job>) {
        self.look_again();
        loop {
            let job = match self.backends.iter().filter_map(|backend| backend.tidy_at()).min() {
                Some(time) => jobs.recv_timeout(time.saturating_duration_since(Instant::now())),
                None => jobs.recv().map_err(RecvTimeoutError::from),
            };
            match job {
                Ok(job) => self.perform(job),
                Err(RecvTimeoutError::Timeout) => self.tidy(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    }

    fn perform(&mut self, job: Job) {
        // Whoever does not listen for an answer must be gone: the text would arrive after its failure was told.
        match job {
            Job::Insert { answer, .. } if answer.is_closed() => {}
            Job::Insert { text, manner, window, answer } => {
                let result = self.insert(&text, &manner, window.as_ref());
                let _gone = answer.send(result);
            }
            Job::ReadSelection { answer } => {
                let result = self.read_selection();
                let window = result.as_ref().ok().and_then(|selection| selection.window.clone());
                let _gone = answer.send(result);
                self.witness.get_ready(window.as_ref());
            }
            Job::ReadClipboard { answer } => {
                let result = self.read_clipboard();
                let _gone = answer.send(result);
            }
            Job::TakeBack { answer, .. } if answer.is_closed() => {}
            Job::TakeBack { receipt, answer } => {
                let result = self.take_back(&receipt);
                let _gone = answer.send(result);
            }
            Job::Look { answer } => {
                let window = self.window();
                let _gone = answer.send(window.clone());
                // A text will follow.
                self.witness.get_ready(window.as_ref());
            }
            Job::Copy { text, answer } => {
                let arrival = match self.copy(&text) {
                    Ok(()) => Arrival::Sent,
                    Err(failure) => Arrival::Failed { problem: failure.problem, on_clipboard: false },
                };
                let _gone = answer.send(Inserted { arrival, method: "clipboard".to_owned(), receipt: None });
            }
            Job::Configure(settings) => {
                for backend in &mut self.backends {
                    backend.configure(&settings);
                }
                self.settings = settings;
                self.look_again();
            }
            Job::LookAgain => self.look_again(),
        }
    }

    fn tidy(&mut self) {
        let now = Instant::now();
        for backend in self.backends.iter_mut().filter(|backend| backend.tidy_at().is_some_and(|time| time <= now)) {
            backend.tidy();
        }
    }

    fn insert(&mut self, text: &Secret, manner: &Manner, meant: Option<&Window>) -> Inserted {
        let failed = |hands: &mut Self, failure: Failure, method: &str| {
            let on_clipboard = match hands.copy(text) {
                Ok(()) => true,
                Err(why) => {
                    tracing::warn!("the text is not on the clipboard either: {why}");
                    false
                }
            };
            let arrival = Arrival::Failed { problem: failure.problem, on_clipboard };
            Inserted { arrival, method: method.to_owned(), receipt: None }
        };
        let replaced = match self.prepare(manner, meant) {
            Ok(replaced) => replaced,
            Err(failure) => return failed(self, failure, ""),
        };
        let newline = chosen(manner.newline, self.settings.newline, Newline::Auto, Newline::Return);
        let prepared = text::prepared(text.as_str(), newline);
        let window = self.window();
        let aim = Aim {
            window: window.clone(),
            paste_key: chosen(manner.paste_key, self.settings.paste_key, PasteKey::Auto, PasteKey::Auto),
            newline,
            restore_clipboard: self.settings.restore_clipboard,
        };
        self.witness.begin(aim.window.as_ref());
        let sent = match self.put(&prepared, manner.method.as_deref(), &aim) {
            Ok((put, method)) => self
                .look_after(put, method, &prepared, &aim)
                .map_err(|failure| (failure, method))
                .map(|arrived| (arrived, method)),
            Err(failed) => Err(failed),
        };
        match sent {
            Ok(((arrival, stands), method)) => {
                // What was handed over is out of our hands.
                let text = Secret::new(stands.unwrap_or(prepared));
                let receipt =
                    (self.way_of(method) != Some(Way::HandsOver)).then_some(Receipt { window, text, replaced });
                Inserted { arrival, method: method.to_owned(), receipt }
            }
            Err((failure, method)) => failed(self, failure, method),
        }
    }

    /// What has become of a text that was sent; with what stands now, where that is known.
    fn look_after(
        &mut self,
        put: Put,
        method: &str,
        text: &str,
        aim: &Aim,
    ) -> Result<(Arrival, Option<String>), Failure> {
        if put == Put::Verified || self.way_of(method) == Some(Way::HandsOver) {
            return Ok((if put == Put::Verified { Arrival::Verified } else { Arrival::Sent }, None));
        }
        match self.witness.end(text) {
            Testimony::Arrived(stands) => return Ok((Arrival::Verified, Some(stands))),
            Testimony::Nothing => {
                return Err(Failure::midway("nothing has arrived in the field that has the keyboard"));
            }
            Testimony::Unknown => {}
        }
        // A line end may have been what closed the window.
        if text.contains('\n') || aim.window.is_none() {
            return Ok((Arrival::Sent, None));
        }
        self.is_still_there(aim.window.as_ref())
            .map(|()| (Arrival::Sent, None))
            .map_err(|failure| Failure::midway(format!("while the text was sent, {failure}")))
    }

    /// Sees whether the text still has the place it is meant for, and what it will replace.
    fn prepare(&mut self, manner: &Manner, meant: Option<&Window>) -> Result<Option<Secret>, Failure> {
        self.is_still_there(meant)?;
        if !manner.replaces_selection {
            return Ok(None);
        }
        let session = self.session().ok_or_else(|| Failure::before("nothing tells what is selected"))?;
        match session.selection()? {
            Some(selection) => Ok(Some(selection)),
            None => Err(Failure::before("the text to be replaced is not selected any more")),
        }
    }

    fn is_still_there(&mut self, meant: Option<&Window>) -> Result<(), Failure> {
        let Some(meant) = meant else { return Ok(()) };
        let Some(session) = self.session() else { return Ok(()) };
        match session.window()? {
            Some(now) if now.id == meant.id => Ok(()),
            Some(_) => Err(Failure::before("another window has the keyboard now")),
            None => Err(Failure::before("the window is gone, or has the keyboard no more")),
        }
    }

    /// Tries one backend after another until one has sent the text; also gives its name.
    fn put(
        &mut self,
        text: &str,
        method: Option<&str>,
        aim: &Aim,
    ) -> Result<(Put, &'static str), (Failure, &'static str)> {
        let backends: Vec<_> = self.backends.iter().map(|backend| (backend.name(), backend.way())).collect();
        let wish = Wish {
            method,
            methods: &self.settings.methods,
            chars: text::length(text),
            paste_from_chars: self.settings.paste_from_chars,
        };
        let mut last = None;
        for index in order(&backends, wish) {
            let backend = &mut self.backends[index];
            let name = backend.name();
            let fitness = backend.fitness();
            if !fitness.is_usable() {
                last.get_or_insert((Failure::before(format!("{name}: {}", fitness.why())), name));
                continue;
            }
            match backend.insert(text, aim) {
                Ok(put) => return Ok((put, name)),
                Err(failure) if failure.reach == Reach::Nothing => {
                    tracing::debug!("{name} cannot insert: {failure}");
                    // The reason of one that tried says more than that of one that is not there.
                    last = Some((failure, name));
                }
                Err(failure) => return Err((failure, name)),
            }
        }
        Err(last.unwrap_or_else(|| {
            let problem = match method {
                Some(method) => format!("there is no insertion method `{method}`"),
                None => "there is no insertion method".to_owned(),
            };
            (Failure::before(problem), "")
        }))
    }

    fn read_selection(&mut self) -> Result<Selection, Error> {
        let window = self.window();
        let Some(session) = self.session() else {
            let problem = "no display that hob can reach tells what is selected".to_owned();
            return Err(Error::Internal { problem });
        };
        match session.selection() {
            Ok(Some(text)) => Ok(Selection { text, window }),
            Ok(None) => Err(Error::NothingSelected { hint: "select some text, then try again".to_owned() }),
            Err(failure) => Err(Error::Internal { problem: format!("cannot read the selection: {failure}") }),
        }
    }

    fn read_clipboard(&mut self) -> Result<Selection, Error> {
        let unavailable = |problem| {
            let hint = "`hob doctor` shows what hob found of this desktop".to_owned();
            Error::CursorUnavailable { problem, hint }
        };
        let session = self.session();
        let session = session.ok_or_else(|| unavailable("no display that hob can reach has a clipboard".to_owned()))?;
        let text =
            session.clipboard().map_err(|failure| unavailable(format!("cannot read the clipboard: {failure}")))?;
        Ok(Selection { text: text.unwrap_or_default(), window: None })
    }

    fn take_back(&mut self, receipt: &Receipt) -> Result<(), Error> {
        let refused = |hint: &str| Error::NothingToUndo { hint: hint.to_owned() };
        self.is_still_there(receipt.window.as_ref())
            .map_err(|failure| refused(&format!("{failure}: go back to where the text was inserted")))?;
        let text = self.still_standing(receipt)?;
        let text = text.as_str();
        let aim = Aim {
            window: receipt.window.clone(),
            paste_key: PasteKey::Auto,
            newline: Newline::Return,
            restore_clipboard: self.settings.restore_clipboard,
        };
        let mut erased = Err(Failure::before("no insertion method that works here presses keys"));
        for backend in self.backends.iter_mut().filter(|backend| backend.way() != Way::HandsOver) {
            if backend.fitness().is_usable() {
                erased = backend.erase(text::presses(text), &aim);
                if !matches!(&erased, Err(failure) if failure.reach == Reach::Nothing) {
                    break;
                }
            }
        }
        erased.map_err(|failure| Error::Internal { problem: format!("cannot take the text back: {failure}") })?;
        let Some(replaced) = &receipt.replaced else { return Ok(()) };
        self.put(replaced.as_str(), None, &aim).map(drop).map_err(|(failure, _)| {
            let kept = if self.copy(replaced).is_ok() { ", and is on the clipboard" } else { "" };
            Error::Internal { problem: format!("the replaced text cannot be put back{kept}: {failure}") }
        })
    }

    /// The text as it stands left of the cursor now. Where nothing tells, it is what was sent.
    fn still_standing(&mut self, receipt: &Receipt) -> Result<String, Error> {
        let refused = |hint: &str| Error::NothingToUndo { hint: hint.to_owned() };
        let text = receipt.text.as_str();
        let told = match self.session().and_then(|session| session.before_cursor()) {
            Some(before) => Some(before),
            None => self.witness.before_cursor(receipt.window.as_ref(), text::length(text)),
        };
        match told {
            Some(before) => {
                standing(text, &before).ok_or_else(|| refused("the text is not left of the cursor any more"))
            }
            // A field of one line has dropped the line ends, and more than the text would go.
            None if text.contains('\n') => Err(refused(
                "it has several lines, and this window does not tell which of them stand there: use its own undo",
            )),
            None => Ok(text.to_owned()),
        }
    }

    fn copy(&mut self, text: &Secret) -> Result<(), Failure> {
        let session = self.session().ok_or_else(|| Failure::before("no display that hob can reach has a clipboard"))?;
        session.copy(text)
    }

    fn window(&mut self) -> Option<Window> {
        self.session()?.window().unwrap_or_else(|failure| {
            tracing::debug!("cannot tell which window has the keyboard: {failure}");
            None
        })
    }

    /// The first that works.
    fn session(&mut self) -> Option<&mut Box<dyn Session>> {
        self.sessions.iter_mut().find_map(|session| session.fitness().is_usable().then_some(session))
    }

    fn way_of(&self, name: &str) -> Option<Way> {
        self.backends.iter().find(|backend| backend.name() == name).map(|backend| backend.way())
    }

    fn look_again(&mut self) {
        let fresh = vec![self.insertion(), self.selection()];
        self.parts.send_if_modified(|parts| {
            let changed = *parts != fresh;
            *parts = fresh;
            changed
        });
    }

    fn insertion(&mut self) -> Part {
        let wish = Wish { method: None, methods: &self.settings.methods, chars: 1, paste_from_chars: 2 };
        let backends: Vec<_> = self.backends.iter().map(|backend| (backend.name(), backend.way())).collect();
        let order = order(&backends, wish);
        let looked = order.into_iter().map(|index| (self.backends[index].name(), self.backends[index].fitness()));
        part("insertion", &looked.collect::<Vec<_>>(), "no insertion method is known")
    }

    fn selection(&mut self) -> Part {
        let looked = self.sessions.iter_mut().map(|session| (session.name(), session.fitness()));
        part("selection", &looked.collect::<Vec<_>>(), "no display was found")
    }
}

/// What the window's rule says, else the configuration, else what is usual.
fn chosen<T: PartialEq + Copy>(rule: T, configured: T, auto: T, usual: T) -> T {
    if rule != auto {
        rule
    } else if configured != auto {
        configured
    } else {
        usual
    }
}

/// The first that can be used is what is used; the reasons of the others are said as well.
fn part(name: &str, looked: &[(&'static str, Fitness)], none: &str) -> Part {
    let using: Vec<_> = looked.iter().filter(|(_, fitness)| fitness.is_usable()).map(|(name, _)| *name).collect();
    let (state, hint) = match looked.iter().find(|(_, fitness)| fitness.is_usable()).or_else(|| looked.first()) {
        Some((_, Fitness::Works { .. })) => (PartState::Works, None),
        Some((_, Fitness::Limited { hint, .. })) => (PartState::Limited, hint.clone()),
        Some((_, Fitness::Missing { .. })) | None => {
            let hint = looked.iter().find_map(|(_, fitness)| match fitness {
                Fitness::Missing { hint, .. } => hint.clone(),
                _ => None,
            });
            (PartState::Missing, hint)
        }
    };
    let mut why =
        looked.iter().map(|(name, fitness)| format!("{name}: {}", fitness.why())).collect::<Vec<_>>().join("; ");
    if why.is_empty() {
        none.clone_into(&mut why);
    }
    Part { name: name.to_owned(), state, using: using.join(", "), why, hint }
}
