//! The thread that works at the cursor: takes one job after another, finds a backend for it, and answers. It never tries a second
//! way when a part of the text may have arrived by the first.

mod found;
mod reading;
mod undo;

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Instant;

use hob_protocol::Secret;
use hob_protocol::daemon::Part;
use tokio::sync::watch;

use super::backend::{Aim, Backend, Before, Failure, Keyboard, Put, Reach, Session, Way};
use super::list::{self, Tools};
use super::order::{Wish, order};
use super::witness::{Testimony, Witness};
use super::{Job, Settings, text};
use crate::core::{Arrival, Inserted, Manner, Newline, PasteKey, Receipt, Window};
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
        let (window, keyboard) = self.keyboard();
        let aim = Aim {
            window: window.clone(),
            keyboard,
            paste_key: chosen(manner.paste_key, self.settings.paste_key, PasteKey::Auto, PasteKey::Auto),
            newline,
            restore_clipboard: self.settings.restore_clipboard,
            before: Before::Nothing,
        };
        if let Some(session) = self.session() {
            session.prepare(window.as_ref());
        }
        self.witness.begin(aim.window.as_ref());
        let sent = match self.put(&prepared, manner.method.as_deref(), &aim) {
            Ok((put, method)) => {
                // The person may go on while the window is still asked what has arrived.
                self.follow(window.as_ref());
                let arrived = self.look_after(put, method, &prepared, &aim);
                arrived.map(|arrived| (arrived, method)).map_err(|failure| (failure, method))
            }
            Err(failed) => Err(failed),
        };
        if !matches!(sent, Ok(((Arrival::Sent, _), _))) {
            self.follow(None);
        }
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

    fn follow(&mut self, window: Option<&Window>) {
        if let Some(session) = self.session() {
            session.follow(window);
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
            // Some terminals show a text of several lines in a window of its own first, and ask whether to paste it.
            Testimony::Arrived(stands) if self.is_still_there(aim.window.as_ref()).is_ok() => {
                return Ok((Arrival::Verified, Some(stands)));
            }
            Testimony::Nothing => {
                return Err(Failure::midway("nothing has arrived in the field that has the keyboard"));
            }
            Testimony::Arrived(_) | Testimony::Unknown => {}
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
        let Some(wanted) = &manner.replaces else { return Ok(None) };
        let session = self.session().ok_or_else(|| Failure::before("nothing tells what is selected"))?;
        match session.selection()? {
            Some(selection) if selection == *wanted => Ok(Some(selection)),
            Some(_) => Err(Failure::before("another text is selected by now")),
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
            preferred: text::preferred_way(text, self.settings.paste_from_chars),
        };
        let (mut last, mut missing) = (None, Vec::new());
        for index in order(&backends, wish) {
            let backend = &mut self.backends[index];
            let name = backend.name();
            let fitness = backend.fitness();
            if !fitness.is_usable() {
                if self.is_of_interest(index) {
                    missing.push((name, fitness));
                }
                continue;
            }
            if aim.keyboard == Keyboard::Nobodys && backend.way() == Way::Types {
                // Keys would go nowhere, and nothing would tell. What is pasted finds out whether anybody takes it.
                last = Some((Failure::before("no window has the keyboard"), name));
                continue;
            }
            match backend.insert(text, aim) {
                Ok(put) => return Ok((put, name)),
                Err(failure) if failure.reach == Reach::Nothing => {
                    tracing::debug!("{name} cannot insert: {failure}");
                    last = Some((failure, name));
                }
                Err(failure) => return Err((failure, name)),
            }
        }
        // The reason of one that tried says more than those of the ones that are not there.
        Err(last.unwrap_or_else(|| {
            let problem = match (missing.is_empty(), method) {
                (false, _) => found::reasons(&missing),
                (true, Some(method)) => format!("there is no insertion method `{method}`"),
                (true, None) => "there is no insertion method".to_owned(),
            };
            (Failure::before(problem), missing.first().map_or("", |(name, _)| name))
        }))
    }

    fn copy(&mut self, text: &Secret) -> Result<(), Failure> {
        let session = self.session().ok_or_else(|| Failure::before("no display that hob can reach has a clipboard"))?;
        session.copy(text)
    }

    fn window(&mut self) -> Option<Window> {
        self.keyboard().0
    }

    /// The window that has the keyboard, and what it means if there is none.
    fn keyboard(&mut self) -> (Option<Window>, Keyboard) {
        match self.session().map(|session| session.window()) {
            Some(Ok(None)) => (None, Keyboard::Nobodys),
            Some(Ok(window)) => (window, Keyboard::Somebodys),
            Some(Err(failure)) => {
                tracing::debug!("cannot tell which window has the keyboard: {failure}");
                (None, Keyboard::Somebodys)
            }
            None => (None, Keyboard::Somebodys),
        }
    }

    /// The first that works.
    fn session(&mut self) -> Option<&mut Box<dyn Session>> {
        self.sessions.iter_mut().find_map(|session| session.fitness().is_usable().then_some(session))
    }

    /// Nobody misses a command of the person's own who has not asked for one.
    fn is_of_interest(&self, backend: usize) -> bool {
        self.backends[backend].way() != Way::HandsOver || !self.settings.methods.is_empty()
    }

    fn way_of(&self, name: &str) -> Option<Way> {
        self.backends.iter().find(|backend| backend.name() == name).map(|backend| backend.way())
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
