//! Answers that are JSON of a given schema: at every step only tokens that lead to such an answer may be chosen.

use std::sync::Arc;

use hob_protocol::engine::Failure;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::token::data::LlamaTokenData;
use llama_cpp_2::token::data_array::LlamaTokenDataArray;
use llguidance::api::TopLevelGrammar;
use llguidance::toktrie::{ApproximateTokEnv, TokEnv, TokRxInfo, TokTrie};
use llguidance::{Matcher, ParserFactory};
use serde_json::{Value, json};

/// Marks the text of a special token, which no JSON has.
const SPECIAL: u8 = 0xff;
/// The key under which llguidance takes options. Blanks are where people put them and nowhere else: small models never stop making more.
const OPTIONS: &str = "x-guidance";

/// What is known of a model's tokens; takes a good part of a second to learn.
pub(crate) struct Vocabulary(ParserFactory);

impl Vocabulary {
    pub(crate) fn new(model: &LlamaModel) -> Result<Self, Failure> {
        let mut factory = ParserFactory::new_simple(&tokens(model)).map_err(|error| broken(&error))?;
        factory.quiet();
        Ok(Self(factory))
    }

    /// An answer of this schema.
    pub(crate) fn constrain(&self, schema: &Value) -> Result<Constraint, Failure> {
        let invalid = |problem: String| Failure::SchemaInvalid { problem };
        let mut schema = schema.clone();
        let object = schema.as_object_mut().ok_or_else(|| invalid("it is no object".to_owned()))?;
        object.insert(
            OPTIONS.to_owned(),
            json!({"whitespace_flexible": false, "item_separator": ", ", "key_separator": ": "}),
        );
        let parser = self.0.create_parser(TopLevelGrammar::from_json_schema(schema));
        let matcher = Matcher::new(Ok(parser.map_err(|error| invalid(in_one_line(&error)))?));
        match matcher.get_error() {
            Some(problem) => Err(invalid(problem.lines().next().unwrap_or_default().to_owned())),
            None => Ok(Constraint(matcher)),
        }
    }
}

/// How far an answer is.
pub(crate) struct Constraint(Matcher);

impl Constraint {
    /// What may come next, with its logits.
    pub(crate) fn allowed(&mut self, logits: &[f32]) -> Result<LlamaTokenDataArray, Failure> {
        let mask = self.0.compute_mask_or_eos().map_err(|error| broken(&error))?;
        let mut candidates = Vec::new();
        mask.iter_set_entries(|token| {
            if let (Some(logit), Ok(token)) = (logits.get(token), i32::try_from(token)) {
                candidates.push(LlamaTokenData::new(LlamaToken(token), *logit, 0.0));
            }
        });
        if candidates.is_empty() {
            return Err(Failure::Inference { problem: "no token fits the schema".to_owned() });
        }
        Ok(LlamaTokenDataArray::new(candidates, false))
    }

    pub(crate) fn take(&mut self, token: LlamaToken) -> Result<(), Failure> {
        if self.0.is_stopped() {
            return Ok(());
        }
        self.0.consume_token(token.0.cast_unsigned()).map_err(|error| broken(&error))
    }

    /// What was written so far is an answer of the schema.
    pub(crate) fn is_complete(&mut self) -> bool {
        self.0.is_accepting().unwrap_or(false)
    }

    /// Nothing may follow.
    pub(crate) fn is_over(&self) -> bool {
        self.0.is_stopped()
    }
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

fn broken(error: &impl std::fmt::Display) -> Failure {
    Failure::Inference { problem: format!("the schema could not be followed: {error}") }
}

fn in_one_line(error: &impl std::fmt::Display) -> String {
    error.to_string().replace('\n', " ")
}
