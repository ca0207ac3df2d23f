//! One run of an action, from its text to a result that may be used: which piece a model works on, whether its answer is an edit of
//! that piece, and what then. An answer in doubt is asked for once more in firmer words, and refused if that does not help.

use hob_protocol::text::{Completion, Finish, Options, Progress, Run};
use hob_protocol::{Error, Secret};
use serde_json::Value;

use super::division::{self, Part};
use super::faithful::{self, Doubt};
use super::registry::{Action, Registry};
use super::spec::{Division, Shape};
use super::stream::Cleaner;
use super::{Prepared, clean, lines, prompt, summarize};

const HINT: &str = "your text is as it was; try again with another model: `hob models list`";
/// Pieces in bytes: what small models edit well. A page of prose has about 3000.
const EDITED_AT_ONCE: usize = 1000;
const REWORDED_AT_ONCE: usize = 2000;
/// What fits the smallest context that is usual, beside instructions and answer.
const READ_AT_ONCE: usize = 6000;
/// A piece that does not fit although it is this short is not the reason.
const SHORTEST: usize = 64;

/// What comes after an answer.
#[derive(Debug)]
pub enum Next {
    /// The next piece, or the same once more: [`Assignment::request`] has it.
    Ask,
    Done(Completion),
    Refused(Error),
}

/// A run of an action.
#[derive(Debug)]
pub struct Assignment {
    run: Run,
    options: Options,
    action: Action,
    adapter: Option<String>,
    round: Round,
    /// What the model did wrong with the piece before; it is asked a second time.
    doubt: Option<Doubt>,
    /// What was shown of the piece is void.
    again: bool,
    cleaner: Cleaner,
    /// Everything until now, for the client's books.
    spent: Option<Completion>,
}

/// One pass over a text. A text that is to be digested may need several.
#[derive(Debug)]
struct Round {
    /// What is done with each part.
    reader: Action,
    parts: Vec<Part>,
    /// The part that is worked on.
    at: usize,
    /// How long its text is in bytes.
    length: usize,
    purpose: RoundPurpose,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RoundPurpose {
    /// Its result is the answer.
    Answer,
    /// Its results together are the text of the next round.
    Digest,
}

impl Assignment {
    pub fn new(registry: &Registry, run: Run) -> Result<Self, Error> {
        let action = registry.find(&run.action)?;
        if run.text.as_str().trim().is_empty() {
            return Err(Error::InvalidParameter { parameter: "text".to_owned() });
        }
        let options = run.options.clone().unwrap_or_default();
        action.check_options(&options)?;
        let round = Round::first(&action, run.text.as_str());
        let adapter = registry.adapter(&run.action, &options);
        let cleaner = Cleaner::new("");
        let mut assignment =
            Self { cleaner, run, options, action, adapter, round, doubt: None, again: false, spent: None };
        assignment.round.skip_to_work();
        assignment.rewind();
        Ok(assignment)
    }

    /// The result, where there is nothing that a model could do.
    pub fn nothing_to_do(&self) -> Option<Completion> {
        (self.round.piece().is_none()).then(|| Completion { text: self.run.text.clone(), ..Completion::default() })
    }

    /// What to ask a model for.
    pub fn request(&self) -> Prepared {
        let piece = self.shown_piece();
        let messages =
            prompt::messages(&self.round.reader, &self.options, &piece, self.doubt).expect("the options were checked");
        let constant = prompt::constant_bytes(&messages);
        Prepared { messages, sampling: prompt::sampling(&self.round.reader, &self.options, &piece), constant }
    }

    pub fn original(&self) -> &Secret {
        &self.run.text
    }

    pub fn model(&self) -> Option<String> {
        self.options.model.clone().or_else(|| self.action.model().map(str::to_owned))
    }

    /// The LoRA adapter that the model works with.
    pub fn adapter(&self) -> Option<&str> {
        self.adapter.as_deref()
    }

    /// What the answer has to be valid by, where it is JSON.
    pub fn schema(&self) -> Option<Value> {
        self.round.reader.schema()
    }

    /// What stands before the text came with hob and is the same for every text, so that it says nothing of this one. The
    /// language of the text may be named in it.
    pub fn is_impersonal(&self) -> bool {
        let of_no_text =
            prompt::messages(&self.round.reader, &self.options, "", None).expect("the options were checked");
        self.round.reader.is_impersonal(&self.options)
            && prompt::beginning(&self.request().messages) == prompt::beginning(&of_no_text)
    }

    /// Whether the engine may leave out a part of a text that does not fit.
    pub fn may_truncate(&self) -> bool {
        self.options.truncate == Some(true)
    }

    /// Where it is, if there is something to tell: several pieces, or what was shown of one is void.
    pub fn progress(&mut self) -> Option<Progress> {
        let is_piece = |part: &&Part| !matches!(part, Part::Kept(_));
        let pieces = self.round.parts.iter().filter(is_piece).count() as u32;
        let piece = self.round.parts.iter().take(self.round.at + 1).filter(is_piece).count() as u32;
        let again = std::mem::take(&mut self.again);
        (pieces > 1 || again).then_some(Progress { piece, pieces, again })
    }

    /// An engine begins the piece, perhaps again.
    pub fn rewind(&mut self) {
        let is_json = self.round.reader.shape() == Shape::Json;
        self.cleaner = if is_json { Cleaner::idle() } else { Cleaner::new(&self.shown_piece()) };
    }

    /// What may be shown of the answer after these words; often nothing at first. Provisional: the verdict is still to come.
    pub fn push(&mut self, words: &str) -> String {
        let shown = self.cleaner.push(words);
        if self.round.purpose == RoundPurpose::Digest { String::new() } else { shown }
    }

    /// The rest of what may be shown of the piece, and what follows it unchanged.
    pub fn rest(&mut self) -> String {
        let rest = std::mem::take(&mut self.cleaner).finish();
        if self.round.purpose == RoundPurpose::Digest { String::new() } else { rest }
    }

    /// What stands before the next piece, or at the end, as it stays.
    pub fn between(&self) -> String {
        let parts = &self.round.parts[..self.round.at.min(self.round.parts.len())];
        let since = parts.iter().rposition(|part| matches!(part, Part::Done(_))).map_or(0, |place| place + 1);
        let is_shown = self.round.purpose == RoundPurpose::Answer;
        parts[since..].iter().filter(|_| is_shown).map(Part::as_str).collect()
    }

    /// An answer has come.
    pub fn take(&mut self, completion: Completion) -> Next {
        let verdict = self.verdict(&completion);
        self.book(completion);
        match verdict {
            Ok(answer) => {
                self.doubt = None;
                self.round.parts[self.round.at] = Part::Done(answer.into());
                self.advance()
            }
            Err(doubt) => self.doubted(doubt),
        }
    }

    /// The piece does not fit the model's context. Whether smaller ones may.
    pub fn too_large(&mut self) -> bool {
        let Some(piece) = self.round.piece().map(str::to_owned) else { return false };
        if self.round.reader.division() == Division::Whole || piece.len() <= SHORTEST {
            return false;
        }
        // A little more than half: the best place is seldom the middle.
        let smaller = division::divide(&piece, piece.len() * 3 / 5);
        if smaller.iter().filter(|part| matches!(part, Part::Work(_))).count() < 2 {
            return false;
        }
        self.divide_piece(smaller);
        true
    }

    /// The answer as it may be used.
    fn verdict(&self, completion: &Completion) -> Result<String, Doubt> {
        let (action, piece) = (&self.round.reader, self.round.piece().unwrap_or_default());
        let is_wanted_so = self.options.max_tokens.is_some() && action.shape() != Shape::InPlace;
        if completion.finish == Finish::Length && !is_wanted_so {
            return Err(Doubt::CutOff);
        }
        let answer = clean::result(action.shape(), piece, completion.text.as_str());
        let answer = if action.shape() == Shape::Json { answer } else { faithful::restored(piece, &answer) };
        let answer = match action.division() {
            Division::Lines => lines::framed(piece, &answer).ok_or(Doubt::Lines)?,
            _ => answer,
        };
        let target = super::language::english_name(self.options.language.as_deref()).ok();
        faithful::judge(&action.checks(), target, piece, &answer)?;
        if action.shape() != Shape::Json {
            let examples = action.examples();
            let answers = examples.iter().map(|(_, _, answer)| *answer);
            faithful::example::check(answers, piece, &answer).map_or(Ok(()), Err)?;
            let advice = self.doubt.map(|doubt| doubt.advice(piece));
            advice.and_then(|advice| faithful::example::check_advice(&advice, piece, &answer)).map_or(Ok(()), Err)?;
        }
        Ok(answer)
    }

    fn doubted(&mut self, doubt: Doubt) -> Next {
        let piece = self.round.piece().unwrap_or_default();
        if doubt == Doubt::Lines && lines::has_several(piece) {
            let by_line = division::lines(piece);
            self.divide_piece(by_line);
            return Next::Ask;
        }
        if self.doubt.is_none() {
            self.doubt = Some(doubt);
            self.again = true;
            self.rewind();
            return Next::Ask;
        }
        Next::Refused(Error::Unfaithful {
            action: self.run.action.clone(),
            reason: doubt.reason().to_owned(),
            hint: HINT.to_owned(),
        })
    }

    fn divide_piece(&mut self, smaller: Vec<Part>) {
        self.round.parts.splice(self.round.at..=self.round.at, smaller);
        self.round.skip_to_work();
        self.doubt = None;
        self.again = true;
        self.rewind();
    }

    fn advance(&mut self) -> Next {
        self.round.skip_to_work();
        if self.round.piece().is_none() {
            let text = self.round.joined();
            if self.round.purpose == RoundPurpose::Answer {
                return Next::Done(Completion { text: text.into(), ..self.spent.take().unwrap_or_default() });
            }
            self.round = Round::after(&self.round, &self.action, &text);
            self.round.skip_to_work();
        }
        self.rewind();
        Next::Ask
    }

    fn shown_piece(&self) -> String {
        let piece = self.round.piece().unwrap_or_default();
        if self.round.reader.division() == Division::Lines { lines::shown(piece) } else { piece.trim().to_owned() }
    }

    fn book(&mut self, completion: Completion) {
        let Completion { prompt_tokens, cached_tokens, output_tokens, total_ms, truncated, .. } = completion;
        match &mut self.spent {
            None => self.spent = Some(completion),
            Some(spent) => {
                spent.prompt_tokens += prompt_tokens;
                spent.cached_tokens += cached_tokens;
                spent.output_tokens += output_tokens;
                spent.total_ms += total_ms;
                spent.truncated |= truncated;
                spent.finish = completion.finish;
            }
        }
    }
}

impl Round {
    fn first(action: &Action, text: &str) -> Self {
        let length = text.len();
        let round = |reader: &Action, parts, purpose| Self { reader: reader.clone(), parts, at: 0, length, purpose };
        let read_in_parts = || {
            let parts = division::divide(text, READ_AT_ONCE).into_iter();
            parts.filter(|part| !part.as_str().trim().is_empty()).map(into_work).collect()
        };
        let is_long = length > READ_AT_ONCE;
        match action.division() {
            Division::Lines => round(action, division::divide(text, EDITED_AT_ONCE), RoundPurpose::Answer),
            Division::Paragraphs => round(action, division::divide(text, REWORDED_AT_ONCE), RoundPurpose::Answer),
            Division::List if is_long => round(action, read_in_parts(), RoundPurpose::Answer),
            Division::Digest if is_long => {
                round(&Action::BuiltIn(&summarize::ACTION), read_in_parts(), RoundPurpose::Digest)
            }
            Division::List | Division::Digest | Division::Whole => Self::whole(action, text),
        }
    }

    fn whole(action: &Action, text: &str) -> Self {
        let parts = vec![Part::Work(text.trim().into())];
        Self { reader: action.clone(), parts, at: 0, length: text.len(), purpose: RoundPurpose::Answer }
    }

    /// What comes after a round in which digests were made: another one, as long as that makes the text much shorter.
    fn after(digests: &Self, action: &Action, text: &str) -> Self {
        if text.len() * 4 < digests.length * 3 { Self::first(action, text) } else { Self::whole(action, text) }
    }

    /// The results of all parts.
    fn joined(&self) -> String {
        let is_in_place = matches!(self.reader.division(), Division::Lines | Division::Paragraphs);
        if self.purpose == RoundPurpose::Answer && is_in_place {
            return self.parts.iter().map(Part::as_str).collect();
        }
        // What was between the pieces is not part of a list, or of a digest.
        let done = self.parts.iter().filter(|part| matches!(part, Part::Done(_)));
        let done: Vec<&str> = done.map(Part::as_str).collect();
        done.join(if self.reader.division() == Division::List { "\n" } else { "\n\n" })
    }

    fn piece(&self) -> Option<&str> {
        match self.parts.get(self.at) {
            Some(Part::Work(piece)) => Some(piece.as_str()),
            _ => None,
        }
    }

    fn skip_to_work(&mut self) {
        while self.at < self.parts.len() && self.piece().is_none() {
            self.at += 1;
        }
    }
}

/// What is only read is read with its code.
fn into_work(part: Part) -> Part {
    match part {
        Part::Kept(text) => Part::Work(text),
        other => other,
    }
}
