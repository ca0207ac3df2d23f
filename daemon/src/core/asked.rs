//! What a client asks for becomes an answer, a job, a waiter, or a question to an adapter.

use std::time::{Duration, Instant};

use hob_protocol::daemon::{Configure, EngineKind, KeysReply};
use hob_protocol::dictation::Copy;
use hob_protocol::engine::Listening;
use hob_protocol::models::UnloadReply;
use hob_protocol::{Error, Request, Secret, dictation as wire};

use super::cursor::Whom;
use super::desk::Notice;
use super::effect::{Effect, Finality, JournalQuestion, Reply, StoreQuestion, Wish};
use super::event::{DictationId, RequestId, Samples};
use super::jobs::{Haste, Keep, Purpose, Told, Work};
use super::live::Live;
use super::selection::Source;
use super::session::{Form, Plan, Waiter};
use super::{Core, answers};

impl Core {
    pub(super) fn asked(&mut self, now: Instant, id: RequestId, request: Request, more: bool, out: &mut Vec<Effect>) {
        if self.open.len() >= self.settings.requests {
            let error = Error::Busy { what: "requests".to_owned(), limit: self.settings.requests as u64 };
            out.push(Effect::Reply { id, reply: Reply::Last(Err(error)) });
            return;
        }
        self.open.insert(id);
        match self.take_up(now, id, request, more, out) {
            Ok(()) => {}
            Err(error) => self.answer(id, Err(error), out),
        }
    }

    /// One arm a method. An arm that answers at once calls `answer`, any other leaves a job or a waiter behind.
    fn take_up(
        &mut self,
        now: Instant,
        id: RequestId,
        request: Request,
        more: bool,
        out: &mut Vec<Effect>,
    ) -> Result<(), Error> {
        let purpose_with = |haste| Purpose::Request { id, more, haste };
        let purpose = purpose_with(Haste::Interactive);
        match request {
            Request::GetInfo(_) => self.answer(id, Ok(answers::service_info()), out),
            Request::GetInterfaceDescription(name) => self.answer(id, answers::description(name), out),
            Request::Status(_) => {
                self.open.remove(&id);
                out.push(Effect::ReplyState { id, finality: Finality::Last });
            }
            Request::Watch(_) => {
                self.watchers.insert(id);
                out.push(Effect::ReplyState { id, finality: Finality::More });
            }
            Request::Keys(_) => {
                self.key_listeners.insert(id);
                self.say(id, answers::value(&KeysReply::default()), out);
            }
            Request::Reload(_) => out.push(Effect::ReadConfig { id }),
            Request::Configure(Configure { key, value }) => out.push(Effect::WriteConfig { id, key, value }),
            Request::Shutdown(_) => {
                self.answer(id, Ok(answers::nothing()), out);
                out.push(Effect::Shutdown);
            }

            Request::Start(start) => {
                let finality = if more { Finality::More } else { Finality::Last };
                // Whoever neither stays nor toggles holds a key, and lets go of it at the end.
                let usual = if more && start.file.is_none() { self.settings.auto_stop } else { None };
                let waiter = Waiter { id, form: Form::Start(finality) };
                self.start_dictation(now, start, (Some(waiter), usual), out)?;
            }
            Request::Stop(_) => self.stop_dictation(now, Waiter { id, form: Form::Stop }, out)?,
            Request::Toggle(wire::Toggle { action, language, target }) => {
                let waiter = Waiter { id, form: Form::Toggle };
                if self.dictation.running().is_some() {
                    self.stop_dictation(now, waiter, out)?;
                } else {
                    let start = wire::Start { action, language, target, ..wire::Start::default() };
                    self.start_dictation(now, start, (Some(waiter), self.settings.auto_stop), out)?;
                }
            }
            Request::Cancel(_) => {
                let cancelled = self.cancel(now, out);
                self.answer(id, Ok(answers::value(&wire::CancelReply { cancelled })), out);
            }
            Request::Undo(_) => self.undo(now, Whom::Request(id), out),
            Request::Pause(_) => self.pause(now, id, out),
            Request::Resume(_) => {
                let changed = std::mem::take(&mut self.paused);
                if changed {
                    out.push(self.microphone_use());
                }
                self.answer(id, Ok(answers::value(&wire::PauseReply { changed })), out);
            }

            Request::Polish(polish) => {
                let reply = self.try_polish(&polish);
                self.answer(id, Ok(answers::value(&reply)), out);
            }
            Request::Copy(Copy { text }) => {
                self.copy_for(now, id, text, out);
            }
            Request::History(history) => {
                out.push(Effect::AskJournal { id, question: JournalQuestion::History(history) });
            }
            Request::Retry(retry) => self.retry(now, id, retry, out)?,
            Request::Forget(forget) => self.forget(id, forget, out)?,
            Request::Microphones(_) => out.push(Effect::ListMicrophones { id }),

            Request::Transcribe(request) => {
                let path = answers::absolute(&request.path)?;
                let listening = self.listening(request.language, request.prompt);
                let work = Work::Clip { samples: Samples::from([]), listening, told: Told::default() };
                let job = self.new_pending(now, purpose, Some(EngineKind::Speech), request.model, work);
                out.push(Effect::ReadAudio { job, path });
            }
            Request::Stream(request) => {
                let listening = Listening { partials: true, ..self.listening(request.language, request.prompt) };
                let work = Work::Live(Live::new(listening));
                let job = self.new_pending(now, purpose, Some(EngineKind::Speech), request.model, work);
                self.find_model(job, out);
            }

            Request::Actions(_) => self.answer(id, Ok(answers::actions(&self.settings.actions)), out),
            Request::Run(run) => self.run_action(now, purpose_with(Haste::of(run.background)), run, out)?,
            Request::RunOnSelection(run) => {
                self.run_on_desktop(now, (Whom::Request(id), Source::Selection), run, out);
            }
            Request::RunOnClipboard(run) => {
                self.run_on_desktop(now, (Whom::Request(id), Source::Clipboard), run, out);
            }
            Request::Menu(_) => {
                self.show_menu(now, out);
                self.answer(id, Ok(answers::nothing()), out);
            }
            Request::Prompt(prompt) => {
                let reply = self.prompt(prompt)?;
                self.answer(id, Ok(answers::value(&reply)), out);
            }
            Request::Generate(request) => {
                answers::check_messages(&request.messages)?;
                answers::check_sampling(request.sampling.as_ref())?;
                let purpose = purpose_with(Haste::of(request.background));
                let work = Work::Generate {
                    messages: request.messages,
                    sampling: request.sampling.unwrap_or_default(),
                    truncate: request.truncate.unwrap_or(false),
                    action: None,
                    constant: request.constant.unwrap_or(0),
                    adapter: request.adapter,
                    without_guesses: request.guess == Some(false),
                    schema: request.schema,
                };
                let job = self.new_pending(now, purpose, Some(EngineKind::Text), request.model, work);
                self.find_model(job, out);
            }

            Request::Embed(request) => {
                answers::check_texts(&request.texts)?;
                let purpose = purpose_with(Haste::of(request.background));
                let work = Work::Embed { texts: request.texts, truncate: request.truncate.unwrap_or(false) };
                let job = self.new_pending(now, purpose, Some(EngineKind::Text), request.model, work);
                self.find_model(job, out);
            }

            Request::List(_) => {
                out.push(Effect::AskStore { id, question: StoreQuestion::List { loaded: self.loaded() } });
            }
            Request::Info(named) => {
                let question = StoreQuestion::Info { name: named.name, loaded: self.loaded() };
                out.push(Effect::AskStore { id, question });
            }
            Request::Import(import) => out.push(Effect::AskStore { id, question: StoreQuestion::Import(import) }),
            Request::Remove(named) => {
                out.push(Effect::AskStore { id, question: StoreQuestion::Remove { name: named.name } });
            }
            Request::Announce(named) => {
                out.push(Effect::Notify(Notice::ModelReady { name: named.name }));
                self.answer(id, Ok(answers::nothing()), out);
            }
            Request::Adapters(_) => out.push(Effect::AskStore { id, question: StoreQuestion::Adapters }),
            Request::Load(load) => {
                let keep = if load.pin == Some(true) { Keep::Pinned } else { Keep::AsUsual };
                let job = self.new_pending(now, purpose, None, Some(load.name), Work::Load(keep));
                self.find_model(job, out);
            }
            Request::Unload(unload) => {
                let mut unloaded = false;
                let model = self.engine_of(unload.engine).model().map(|model| model.name.clone());
                self.settings.pinned_by_hand.retain(|pinned| Some(pinned) != model.as_ref());
                self.with_engine(now, unload.engine, out, |engine, _, step| unloaded = engine.unload(now, step));
                self.answer(id, Ok(answers::value(&UnloadReply { unloaded })), out);
            }
        }
        Ok(())
    }

    /// Without a waiter a key starts it.
    pub(super) fn start_dictation(
        &mut self,
        now: Instant,
        start: wire::Start,
        how: (Option<Waiter>, Option<Duration>),
        out: &mut Vec<Effect>,
    ) -> Result<DictationId, Error> {
        let for_desktop = start.target.is_some_and(|target| target != wire::Target::Caller);
        let started = self.try_start(now, start, how, out);
        if let (Err(error), true) = (&started, for_desktop) {
            Self::tell_of_no_start(error, out);
        }
        started
    }

    fn try_start(
        &mut self,
        now: Instant,
        start: wire::Start,
        (waiter, usual_auto_stop): (Option<Waiter>, Option<Duration>),
        out: &mut Vec<Effect>,
    ) -> Result<DictationId, Error> {
        if let Some(running) = self.dictation.running() {
            return Err(Error::AlreadyRecording { id: running.0 });
        }
        if let Some(action) = &start.action {
            self.settings.actions.check(action)?;
        }
        let file = start.file.as_deref().map(answers::absolute).transpose()?;
        if self.paused && file.is_none() {
            return Err(Error::Paused { hint: "`hob resume` lets it be opened again".to_owned() });
        }
        let auto_stop = match start.auto_stop_s {
            None => usual_auto_stop,
            Some(0) => None,
            Some(seconds) => Some(Duration::from_secs(seconds.into())),
        };
        let noise_db = if file.is_none() { self.noise.floor_db() } else { None };
        let streams = waiter.is_some_and(|waiter| waiter.form == Form::Start(Finality::More));
        let is_shown = start.target == Some(wire::Target::Cursor) && self.settings.indicator;
        let partials = start.partials.unwrap_or(streams || is_shown);
        let listening = Listening { noise_db, partials, ..self.listening(start.language.clone(), None) };
        let work = Work::Live(Live::new(listening));
        let job = self.new_pending(now, Purpose::Dictation, Some(EngineKind::Speech), None, work);
        let id = DictationId(self.next_dictation);
        self.next_dictation += 1;
        self.before_cursor = start.before;
        self.drop_kept();
        // The microphone first: a model can be found while samples are already kept.
        let (target, language) = (start.target.unwrap_or_default(), start.language.clone());
        let wish = Wish { action: start.action, language: start.language };
        let steps = self.dictation.start(now, Plan { id, wish, file, auto_stop, target }, waiter);
        self.dictate(now, steps, out);
        self.cursor_of_dictation(now, target, (job, language), out);
        Ok(id)
    }

    fn stop_dictation(&mut self, now: Instant, waiter: Waiter, out: &mut Vec<Effect>) -> Result<(), Error> {
        if self.dictation.running().is_some() {
            let steps = self.dictation.stop(now, Some(waiter));
            self.dictate(now, steps, out);
            return Ok(());
        }
        let Some((id, outcome)) = self.kept.take() else {
            return Err(Error::NotRecording { hint: "`hob dictate start` begins one".to_owned() });
        };
        self.deliver(id, outcome, vec![waiter], out);
        Ok(())
    }

    fn pause(&mut self, now: Instant, id: RequestId, out: &mut Vec<Effect>) {
        let changed = !std::mem::replace(&mut self.paused, true);
        if changed {
            // What was said until now is a dictation.
            if self.dictation.is_from_microphone() {
                let steps = self.dictation.stop(now, None);
                self.dictate(now, steps, out);
            }
            out.push(self.microphone_use());
        }
        self.answer(id, Ok(answers::value(&wire::PauseReply { changed })), out);
    }

    fn forget(&mut self, id: RequestId, forget: wire::Forget, out: &mut Vec<Effect>) -> Result<(), Error> {
        let running = self.dictation.running();
        let forgotten = forget.id.map(DictationId);
        if let (Some(DictationId(id)), true) = (forgotten, forgotten == running) {
            return Err(Error::AlreadyRecording { id });
        }
        if forgotten.is_none() || forgotten == self.kept.as_ref().map(|(id, _)| *id) {
            self.drop_kept();
        }
        out.push(Effect::AskJournal { id, question: JournalQuestion::Forget { id: forgotten, running } });
        Ok(())
    }

    pub(super) fn listening(&self, language: Option<String>, prompt: Option<Secret>) -> Listening {
        let language = language.or_else(|| self.settings.speech.language.clone()).filter(|language| language != "auto");
        let prompt = prompt.or_else(|| self.settings.speech.prompt.clone().map(Secret::new));
        Listening { language, prompt: self.settings.polish.prompt(prompt), ..Listening::default() }
    }

    fn loaded(&self) -> Vec<String> {
        [&self.speech, &self.text].into_iter().filter_map(|engine| engine.loaded_model().map(str::to_owned)).collect()
    }
}
