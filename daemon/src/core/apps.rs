//! What is different for some windows: rules out of the configuration, matched with a window's class and title. Pure.

use hob_protocol::Secret;
use regex::Regex;

use super::desk::{Manner, Newline, PasteKey, Window};

/// One rule. What it says nothing about is `None`.
#[derive(Debug, Clone, Default)]
pub struct AppRule {
    /// Any window fits without it; the same for the title.
    pub class: Option<Regex>,
    pub title: Option<Regex>,
    pub language: Option<String>,
    pub vocabulary: Vec<Secret>,
    pub action: Option<String>,
    pub method: Option<String>,
    pub paste_key: Option<PasteKey>,
    pub newline: Option<Newline>,
}

/// What the rules say about one window.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ways {
    pub(super) language: Option<String>,
    pub(super) vocabulary: Vec<Secret>,
    pub(super) action: Option<String>,
    pub(super) manner: Manner,
}

impl AppRule {
    fn fits(&self, window: &Window) -> bool {
        let fits = |pattern: &Option<Regex>, text: &str| pattern.as_ref().is_none_or(|pattern| pattern.is_match(text));
        fits(&self.class, &window.class) && fits(&self.title, &window.title)
    }
}

/// Of several rules that fit, the first one that has something to say decides about it; vocabularies add up.
pub(super) fn ways(rules: &[AppRule], window: Option<&Window>) -> Ways {
    let mut ways = Ways::default();
    let Some(window) = window else { return ways };
    let (mut paste_key, mut newline) = (None, None);
    for rule in rules.iter().filter(|rule| rule.fits(window)) {
        ways.language = ways.language.or_else(|| rule.language.clone());
        ways.vocabulary.extend(rule.vocabulary.iter().cloned());
        ways.action = ways.action.or_else(|| rule.action.clone());
        ways.manner.method = ways.manner.method.or_else(|| rule.method.clone());
        paste_key = paste_key.or(rule.paste_key);
        newline = newline.or(rule.newline);
    }
    ways.manner.paste_key = paste_key.unwrap_or_default();
    ways.manner.newline = newline.unwrap_or_default();
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(class: Option<&str>, title: Option<&str>) -> AppRule {
        let regex = |pattern: Option<&str>| pattern.map(|pattern| Regex::new(pattern).unwrap());
        AppRule { class: regex(class), title: regex(title), ..AppRule::default() }
    }

    fn window(class: &str, title: &str) -> Window {
        Window { class: class.into(), title: title.into(), ..Window::default() }
    }

    #[test]
    fn rules_fit_by_class_and_title() {
        let any = ("xterm", "vim");
        for (class, title, fits) in [
            (None, None, true),
            (Some("^xterm$"), None, true),
            (Some("term"), Some("^vim$"), true),
            (Some("term"), Some("emacs"), false),
            (Some("^term"), None, false),
            (None, Some("^v"), true),
        ] {
            assert_eq!(rule(class, title).fits(&window(any.0, any.1)), fits, "{class:?} {title:?}");
        }
    }

    #[test]
    fn the_first_rule_that_has_something_to_say_decides() {
        let rules = [
            AppRule { language: Some("de".into()), vocabulary: vec!["a".into()], ..rule(Some("^xterm$"), None) },
            AppRule { method: Some("clipboard".into()), ..rule(Some("^firefox$"), None) },
            AppRule {
                language: Some("en".into()),
                vocabulary: vec!["b".into()],
                action: Some("fix".into()),
                newline: Some(Newline::Space),
                ..rule(None, None)
            },
        ];
        let ways_of = |class| ways(&rules, Some(&window(class, "")));
        let xterm = ways_of("xterm");
        assert_eq!((xterm.language.as_deref(), xterm.action.as_deref()), (Some("de"), Some("fix")));
        assert_eq!(xterm.vocabulary, ["a".into(), "b".into()]);
        assert_eq!((xterm.manner.newline, xterm.manner.method), (Newline::Space, None));
        assert_eq!(ways_of("firefox").manner.method.as_deref(), Some("clipboard"));
        assert_eq!(ways(&rules, None), Ways::default(), "nobody knows the window");
    }
}
