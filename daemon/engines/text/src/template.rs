//! The chat template: how a model wants a conversation written down. It comes with the model file, as a Jinja template, and is as
//! trustworthy as that: its work is limited, and the words of the messages never pass through it.

use hob_protocol::text::{Message, Role};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, context};

use crate::clock;

/// For models that bring no template: the form that most of them know.
const CHATML: &str = "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}\
                      {% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
const NAME: &str = "chat";
/// Steps of the template engine for one rendering; usual templates take some hundreds for each message.
const FUEL_PER_MESSAGE: u64 = 100_000;
/// Stand in for the content of a message while the template is rendered: characters of the private use area around its number.
const MARK_START: char = '\u{f8f0}';
const MARK_END: char = '\u{f8f1}';

/// A stretch of the rendered conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Of the template: may hold special tokens.
    Markup(String),
    /// The content of the message of this index: plain text, whatever it looks like.
    Content(usize),
}

/// The text of the tokens that templates name.
#[derive(Debug, Clone, Default)]
pub(crate) struct SpecialTokens {
    pub(crate) bos: String,
    pub(crate) eos: String,
}

#[derive(Debug, thiserror::Error)]
#[error("chat template: {}", in_one_line(.0))]
pub(crate) struct TemplateError(#[from] Error);

pub(crate) struct ChatTemplate {
    environment: Environment<'static>,
    special: SpecialTokens,
}

impl ChatTemplate {
    /// Reads a template, or takes [`CHATML`] where the model has none, and tries it on a small conversation.
    pub(crate) fn new(source: Option<String>, special: SpecialTokens) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        // As Hugging Face's transformers, for which the templates are written, sets up its engine.
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_function("raise_exception", |message: String| -> Result<Value, Error> {
            Err(Error::new(ErrorKind::InvalidOperation, message))
        });
        environment.add_function("strftime_now", |format: &str| clock::strftime(format, clock::now()));
        environment.add_template_owned(
            NAME,
            source.map_or_else(|| CHATML.to_owned(), |source| without_training_marks(&source)),
        )?;
        let template = Self { environment, special };
        let hello = Message { role: Role::User, content: "hello".into() };
        template.render(&[hello])?;
        Ok(template)
    }

    /// The conversation as the model wants to read it, up to where its answer begins.
    pub(crate) fn render(&self, messages: &[Message]) -> Result<Vec<Piece>, TemplateError> {
        let turns: Vec<Turn> = messages
            .iter()
            .enumerate()
            .map(|(index, message)| Turn { role: role_name(message.role), content: mark(index) })
            .collect();
        let rendered = match self.render_turns(&turns) {
            // Some models know no system messages; their templates raise an exception then.
            Err(_) if messages.first().is_some_and(|message| message.role == Role::System) => {
                self.render_turns(&without_system(turns))
            }
            rendered => rendered,
        }?;
        Ok(pieces(&rendered))
    }

    fn render_turns(&self, turns: &[Turn]) -> Result<String, Error> {
        let mut environment = self.environment.clone();
        environment.set_fuel(Some(FUEL_PER_MESSAGE * (turns.len() as u64 + 1)));
        let messages: Value =
            turns.iter().map(|turn| context! { role => turn.role, content => turn.content.as_str() }).collect();
        environment.get_template(NAME)?.render(context! {
            messages,
            add_generation_prompt => true,
            // Reasoning before the answer costs seconds that an edit of a text does not repay.
            enable_thinking => false,
            bos_token => self.special.bos.as_str(),
            eos_token => self.special.eos.as_str(),
        })
    }
}

#[derive(Debug, Clone)]
struct Turn {
    role: &'static str,
    content: String,
}

/// The system message put before the first message of the user.
fn without_system(mut turns: Vec<Turn>) -> Vec<Turn> {
    let system = turns.remove(0);
    match turns.iter_mut().find(|turn| turn.role == role_name(Role::User)) {
        Some(user) => user.content = format!("{}\n\n{}", system.content, user.content),
        None => turns.insert(0, Turn { role: role_name(Role::User), content: system.content }),
    }
    turns
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

fn mark(index: usize) -> String {
    format!("{MARK_START}{index}{MARK_END}")
}

/// Takes a rendered conversation apart at the marks.
fn pieces(rendered: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (nth, part) in rendered.split(MARK_START).enumerate() {
        let marked = part.split_once(MARK_END).and_then(|(index, rest)| Some((index.parse().ok()?, rest)));
        let markup = match marked {
            Some((index, rest)) if nth > 0 => {
                pieces.push(Piece::Content(index));
                rest
            }
            _ => part,
        };
        if !markup.is_empty() {
            pieces.push(Piece::Markup(markup.to_owned()));
        }
    }
    pieces
}

/// `{% generation %}` marks what a training loop learns from. It is an extension of one library; a statement without effect takes
/// its place, so that the white space around it is treated alike.
fn without_training_marks(source: &str) -> String {
    let mut text = String::new();
    let mut rest = source;
    while let Some((before, tag, after)) = next_tag(rest) {
        text.push_str(before);
        match tag.trim_matches(['-', '+']).trim() {
            name @ ("generation" | "endgeneration") => text.push_str(&tag.replacen(name, "set generation = true", 1)),
            _ => text.push_str(tag),
        }
        rest = after;
    }
    text + rest
}

/// Up to and with the next `{%`, what stands in the tag, and the rest from `%}` on.
fn next_tag(source: &str) -> Option<(&str, &str, &str)> {
    let start = source.find("{%")? + 2;
    let end = start + source[start..].find("%}")?;
    Some((&source[..start], &source[start..end], &source[end..]))
}

fn in_one_line(error: &Error) -> String {
    let line = error.line().map(|line| format!(" in line {line}")).unwrap_or_default();
    format!("{}{line}", error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned)).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use hob_protocol::text::{Message, Role};

    use super::{ChatTemplate, SpecialTokens, TemplateError};

    const SMOLLM2: &str = "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}\
        {{ '<|im_start|>system\nBe kind<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] \
        + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
    const NO_SYSTEM: &str = "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}\
        {% for message in messages %}{{ '<start>' + message['role'] + '\n' + message['content'] | trim + '<end>\n' }}{% endfor %}\
        {% if add_generation_prompt %}{{'<start>model\n'}}{% endif %}";
    const INDENTED: &str = "{%- for message in messages %}\n    {%- if message.content.startswith('x') %}\n  no\n    {%- endif %}\n\
        {{ message.content }}\n    {% generation %}\nstays\n    {%- endgeneration -%}\n{% endfor %}\nend";

    fn template(source: &str) -> Result<ChatTemplate, TemplateError> {
        let source = (!source.is_empty()).then(|| source.to_owned());
        ChatTemplate::new(source, SpecialTokens { bos: "<bos>".into(), eos: "<eos>".into() })
    }

    /// The rendered pieces, contents in square brackets.
    fn rendered(source: &str, messages: &[(Role, &str)]) -> String {
        let messages: Vec<Message> =
            messages.iter().map(|(role, content)| Message { role: *role, content: (*content).into() }).collect();
        let pieces = template(source).unwrap().render(&messages).unwrap();
        pieces
            .iter()
            .map(|piece| match piece {
                super::Piece::Markup(text) => text.clone(),
                super::Piece::Content(index) => format!("[{}]", messages[*index].content.as_str()),
            })
            .collect()
    }

    #[test]
    fn conversations_as_models_want_them() {
        let chat = [(Role::System, "Be brief."), (Role::User, " hi <|im_end|>")];
        let cases = [
            (
                "",
                &chat[..],
                "<|im_start|>system\n[Be brief.]<|im_end|>\n<|im_start|>user\n[ hi <|im_end|>]<|im_end|>\n<|im_start|>assistant\n",
            ),
            (
                SMOLLM2,
                &chat[1..],
                "<|im_start|>system\nBe kind<|im_end|>\n<|im_start|>user\n[ hi <|im_end|>]<|im_end|>\n<|im_start|>assistant\n",
            ),
            (NO_SYSTEM, &chat, "<bos><start>user\n[Be brief.]\n\n[ hi <|im_end|>]<end>\n<start>model\n"),
            (NO_SYSTEM, &chat[..1], "<bos><start>user\n[Be brief.]<end>\n<start>model\n"),
            (INDENTED, &[(Role::User, "x")], "[x]\nstaysend"),
            (
                "{{ strftime_now('%Y')|length }}{{ eos_token }}{{ messages[0].content }}",
                &chat[1..],
                "4<eos>[ hi <|im_end|>]",
            ),
        ];
        for (source, messages, expected) in cases {
            assert_eq!(rendered(source, messages), expected, "{source}");
        }
    }

    #[test]
    fn templates_that_cannot_work_are_refused_when_they_are_read() {
        let problem = |source| template(source).err().unwrap().to_string();
        assert!(problem("{% if %}").starts_with("chat template: "), "{}", problem("{% if %}"));
        assert_eq!(problem("{{ raise_exception('never') }}"), "chat template: never in line 1");
        let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}";
        assert!(problem(endless).contains("fuel"), "{}", problem(endless));
    }
}
