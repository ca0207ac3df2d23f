//! Answers that are JSON of a given schema: at every step only tokens that lead to such an answer may be chosen, and what comes of it is
//! checked once more as a whole.
//!
//! What the grammar cannot follow to the letter is followed as nearly as it can (`narrowed`), and an answer that turns out not to be valid
//! is made anew. Nothing of such an answer is sent before it was checked.

mod alternatives;
mod attempts;
mod closed;
mod constraint;
mod digits;
mod formats;
mod lookaround;
mod narrowed;
mod near;
mod outline;
mod place;
mod unevaluated;
mod validity;
mod way_out;

use std::sync::Arc;

use hob_protocol::engine::Failure;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;
use llguidance::api::TopLevelGrammar;
use llguidance::toktrie::{ApproximateTokEnv, TokEnv, TokRxInfo, TokTrie};
use llguidance::{Matcher, ParserFactory};
use serde_json::{Value, json};

pub(crate) use self::attempts::Go;
use self::closed::closed;
pub(crate) use self::constraint::{Constraint, Next};
use self::formats::as_patterns;
use self::narrowed::{mentions, narrowed};
use self::near::with_near_ends;
use self::validity::Validity;

/// Marks the text of a special token, which no JSON has.
const SPECIAL: u8 = 0xff;
/// The key under which llguidance takes options.
const OPTIONS: &str = "x-guidance";

/// What is known of a model's tokens; takes a good part of a second to learn.
pub(crate) struct Vocabulary(ParserFactory);

/// What an answer of a schema has to be.
pub(crate) struct Wanted {
    /// Before the first token.
    beginning: Constraint,
    validity: Validity,
    grammar: Grammar,
}

/// What the grammar says of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grammar {
    /// Everything.
    Exact,
    /// Not all, so that only the whole answer shows whether it is valid.
    Near,
}

impl Vocabulary {
    pub(crate) fn new(model: &LlamaModel) -> Result<Self, Failure> {
        let mut factory = ParserFactory::new_simple(&tokens(model)).map_err(|error| Failure::Inference {
            problem: format!("the words of the model could not be read: {error}"),
        })?;
        factory.quiet();
        Ok(Self(factory))
    }

    /// An answer of this schema.
    pub(crate) fn wanted(&self, schema: &Value) -> Result<Wanted, Failure> {
        let invalid = |problem: String| Failure::SchemaInvalid { problem };
        let schema = match schema {
            Value::Bool(true) => json!({}),
            Value::Object(_) => schema.clone(),
            Value::Bool(false) => return Err(invalid("nothing is valid by it".to_owned())),
            _ => return Err(invalid("it is no object".to_owned())),
        };
        let validity = Validity::of(&schema).map_err(invalid)?;
        let (matcher, grammar) = self.followed(&schema).map_err(invalid)?;
        let beginning = Constraint::new(matcher, mentions(&schema, "uniqueItems"));
        Ok(Wanted { beginning, validity, grammar })
    }

    /// The narrowest reading of a schema that leaves an answer, or why none does.
    fn followed(&self, schema: &Value) -> Result<(Matcher, Grammar), String> {
        let formal = with_near_ends(schema);
        let whole = as_patterns(&formal);
        let closed = closed(&whole);
        // Of what is in none of its places a format is left, of which the grammar knows the shape and not all that it asks for.
        let exact = if mentions(&whole, "format") { Grammar::Near } else { Grammar::Exact };
        let readings = [
            (closed.clone(), Following::ToTheLetter, exact),
            (whole.clone(), Following::ToTheLetter, exact),
            (narrowed(&closed), Following::AsItCan, Grammar::Near),
            (narrowed(&whole), Following::AsItCan, Grammar::Near),
            (narrowed(&formal), Following::AsItCan, Grammar::Near),
        ];
        let mut problem = String::new();
        for (schema, following, grammar) in readings {
            match self.matcher(schema, following) {
                Ok(matcher) => return Ok((matcher, grammar)),
                Err(found) => problem = found,
            }
        }
        let place = place::of_the_fault(schema, |schema| self.matcher(narrowed(schema), Following::AsItCan).is_err());
        Err(at(&place, &problem))
    }

    fn matcher(&self, mut schema: Value, following: Following) -> Result<Matcher, String> {
        let lenient = following == Following::AsItCan;
        if let Some(schema) = schema.as_object_mut() {
            // Blanks are where people put them and nowhere else: small models never stop making more.
            let options = json!({
                "whitespace_flexible": false,
                "item_separator": ", ",
                "key_separator": ": ",
                "lenient": lenient,
                "coerce_one_of": lenient,
            });
            schema.insert(OPTIONS.to_owned(), options);
        }
        let parser =
            self.0.create_parser(TopLevelGrammar::from_json_schema(schema)).map_err(|error| in_one_line(&error))?;
        let matcher = Matcher::new(Ok(parser));
        match matcher.get_error() {
            Some(problem) => Err(problem.lines().next().unwrap_or_default().to_owned()),
            None => Ok(matcher),
        }
    }
}

/// What becomes of what the grammar has no words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Following {
    ToTheLetter,
    AsItCan,
}

fn tokens(model: &LlamaModel) -> TokEnv {
    let vocab = model.vocab();
    let end = if vocab.eot().0 < 0 { vocab.eos() } else { vocab.eot() };
    let mut ends = vec![end.0.cast_unsigned()];
    let mut words = Vec::new();
    for token in (0..model.n_vocab()).map(LlamaToken) {
        if vocab.is_eog(token) && token != end {
            ends.push(token.0.cast_unsigned());
        }
        let mut word = vocab.token_to_piece(token, false, None);
        if word.is_empty() {
            word = vocab.token_to_piece(token, true, None);
            if !word.is_empty() {
                word.insert(0, SPECIAL);
            }
        }
        words.push(word);
    }
    let info = TokRxInfo::new(model.n_vocab().cast_unsigned(), ends[0]);
    Arc::new(ApproximateTokEnv::new(TokTrie::from(&info, &words).with_eos_tokens(&ends)))
}

fn at(place: &str, problem: &str) -> String {
    if place == "#" { problem.to_owned() } else { format!("at {place}: {problem}") }
}

fn in_one_line(error: &impl std::fmt::Display) -> String {
    error.to_string().replace('\n', " ")
}
