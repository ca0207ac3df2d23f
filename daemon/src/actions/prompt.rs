//! From an action and a text to the messages for a model. The text is data: it stands between delimiters that do not occur in it,
//! behind everything that is the same for every text. What is said of this text alone stands behind it, where it weighs most.

use hob_protocol::Error;
use hob_protocol::text::{Message, Options, Role, Sampling};
use unicode_segmentation::UnicodeSegmentation;

use super::faithful::{Check, Doubt, foreign_language};
use super::registry::Action;
use super::spec::{Length, Shape};

/// Names of the delimiting tags; all but the first are for texts that talk about such tags.
const TAGS: [&str; 2] = ["text", "user-text"];
/// Beside what the length of the text allows: short texts may grow by some words.
const SPARE_TOKENS: u32 = 64;
/// English has four bytes in a token, code three, other scripts as few as two. This bounds the answer, so it errs on the long side.
const BYTES_PER_TOKEN: usize = 2;

/// With a doubt it is the second time, and the model is told what it did wrong.
pub(super) fn messages(
    action: &Action,
    options: &Options,
    text: &str,
    doubt: Option<Doubt>,
) -> Result<Vec<Message>, Error> {
    let mut directive = action.directive(options)?;
    // Small models would rather write English, unless the language is named.
    if let Some(language) = action.checks().contains(&Check::SameLanguage).then(|| foreign_language(text)).flatten() {
        directive = format!("{directive} It is in {language}.");
    }
    let mut messages = vec![Message { role: Role::System, content: action.system().into() }];
    let closing = |most: usize| action.closing().map(|closing| closing(most));
    for (directive, text, answer) in action.examples() {
        let request = delimited(directive, text, closing(answer.unicode_words().count()));
        messages.push(Message { role: Role::User, content: request.into() });
        messages.push(Message { role: Role::Assistant, content: answer.into() });
    }
    let is_copy = action.checks().iter().any(|check| matches!(check, Check::Alike(_)));
    let mut advice = doubt.map(|doubt| if is_copy { doubt.advice_for_copy(text) } else { doubt.advice(text) });
    // Behind the text it would be translated as well.
    if let Some(advice) = advice.take_if(|_| action.checks().contains(&Check::Translated)) {
        directive = format!("{directive} {advice}");
    }
    let behind = [advice, closing(text.unicode_words().count() / 2)].into_iter().flatten();
    let request = delimited(&directive, text.trim(), behind);
    messages.push(Message { role: Role::User, content: request.into() });
    Ok(messages)
}

/// Of the last message: everything up to and with the tag that opens the text.
pub fn constant_bytes(messages: &[Message]) -> usize {
    const TAG_ENDS: &str = ">\n";
    let last = messages.last().map(|message| message.content.as_str()).unwrap_or_default();
    last.find(TAG_ENDS).map_or(0, |place| place + TAG_ENDS.len())
}

/// All that is constant: whole messages, and of the last one what stands before the text.
pub(super) fn beginning(messages: &[Message]) -> Option<(&[Message], &str)> {
    let (last, before) = messages.split_last()?;
    Some((before, &last.content.as_str()[..constant_bytes(messages)]))
}

/// Greedy: an edit should be the likeliest one, and the same every time.
pub(super) fn sampling(action: &Action, options: &Options, text: &str) -> Sampling {
    let allowed = match action.length() {
        Length::OfText(percent) => {
            let tokens = u32::try_from(text.len() / BYTES_PER_TOKEN).unwrap_or(u32::MAX);
            (tokens / 100)
                .saturating_mul(percent)
                .saturating_add(tokens % 100 * percent / 100)
                .saturating_add(SPARE_TOKENS)
        }
        Length::Tokens(tokens) => tokens,
    };
    // A model that copies the delimiters has nothing more to say. In JSON they may be part of what it says.
    let stop = (action.shape() != Shape::Json).then(|| vec![format!("</{}>", tag_for(text))]);
    Sampling { max_tokens: Some(options.max_tokens.unwrap_or(allowed)), stop, ..Sampling::default() }
}

/// The name of the tags that delimit this text. Neither occurs in it, however it is written.
pub(super) fn tag_for(text: &str) -> String {
    let text = text.to_lowercase();
    let is_unused = |tag: &String| !text.contains(&format!("<{tag}")) && !text.contains(&format!("</{tag}"));
    let numbered = (2..).map(|number| format!("part-{number}"));
    let mut tags = TAGS.map(str::to_owned).into_iter().chain(numbered);
    tags.find(is_unused).expect("no text has all numbers in it")
}

/// Each line `behind` the text for itself.
fn delimited(directive: &str, text: &str, behind: impl IntoIterator<Item = String>) -> String {
    let tag = tag_for(text);
    let mut request = format!("{directive}\n<{tag}>\n{text}\n</{tag}>");
    for line in behind {
        request.push('\n');
        request.push_str(&line);
    }
    request
}
