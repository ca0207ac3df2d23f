//! The user's own words: names the recognition should know, and puts right where it has written something that sounds like them.
//!
//! A stretch of text becomes an entry if its letters are the entry's, or if it sounds the same and is spelt much like it. Ordinary English
//! words never do, neither alone nor in a row, unless the row is an entry's very letters ("git hub"); nor does anything across a mark.

use std::borrow::Cow;
use std::collections::HashMap;

use strsim::levenshtein;

use super::phonetic;
use super::words::{Token, folded, tokens};

/// Words a recogniser may have made of one of an entry, beyond the entry's own number.
const EXTRA_WORDS: usize = 2;
/// No stretch is longer, in words and in letters: an entry is a name and not a sentence.
const LONGEST_WORDS: usize = 8;
const LONGEST_LETTERS: usize = 60;
/// Letters of a name that two ordinary words do not make by chance.
const LONG: usize = 10;
/// Letters and sounds below which an entry is only known by its very letters.
const LEAST_LETTERS: usize = 5;
const LEAST_SOUNDS: usize = 3;

/// The commonest words, and such as are names of products too, folded.
const ORDINARY: &str = include_str!("ordinary.txt");

/// Words that link others: a name that is misheard neither begins nor ends with one.
const LINKS: [&str; 36] = [
    "a", "an", "the", "is", "was", "are", "were", "be", "has", "had", "have", "do", "does", "did", "to", "of", "in",
    "on", "at", "and", "or", "but", "it", "its", "this", "that", "as", "so", "us", "he", "she", "we", "i", "you",
    "his", "by",
];

#[derive(Debug)]
pub(super) struct Vocabulary {
    entries: Vec<Entry>,
    by_letters: HashMap<String, usize>,
    by_sound: HashMap<String, Vec<usize>>,
    ordinary: std::collections::HashSet<&'static str>,
    /// Words of the longest stretch that can be an entry.
    reach: usize,
}

#[derive(Debug)]
struct Entry {
    text: String,
    /// Folded, without blanks and marks.
    letters: String,
    sounds: usize,
    words: usize,
    /// Has a large letter somewhere: its case means something.
    is_cased: bool,
}

/// What a stretch of text is to become.
struct Fit<'a> {
    entry: &'a Entry,
    words: usize,
    distance: usize,
}

impl Vocabulary {
    pub(super) fn new(texts: &[String]) -> Self {
        let mut vocabulary = Self {
            entries: Vec::new(),
            by_letters: HashMap::new(),
            by_sound: HashMap::new(),
            ordinary: ORDINARY.split_whitespace().collect(),
            reach: 0,
        };
        for text in texts {
            vocabulary.add(text.trim());
        }
        vocabulary
    }

    fn add(&mut self, text: &str) {
        let letters = letters(text);
        let words = text.split_whitespace().count();
        // A word such as "Signal" stands for itself far more often than for the entry.
        if letters.is_empty() || (words == 1 && self.is_ordinary(&letters)) {
            return;
        }
        let index = self.entries.len();
        let sound = phonetic::key(&letters);
        let sounds = sound.len();
        self.reach = self.reach.max(words + EXTRA_WORDS).min(LONGEST_WORDS);
        self.by_letters.entry(letters.clone()).or_insert(index);
        if letters.len() >= LEAST_LETTERS && sounds >= LEAST_SOUNDS {
            self.by_sound.entry(sound).or_default().push(index);
        }
        let is_cased = text.contains(char::is_uppercase);
        self.entries.push(Entry { text: text.to_owned(), letters, sounds, words, is_cased });
    }

    /// The text with every stretch that is meant to be an entry put right.
    pub(super) fn correct<'a>(&self, text: &'a str, language: &str) -> Cow<'a, str> {
        if self.entries.is_empty() {
            return Cow::Borrowed(text);
        }
        let (tokens, rest) = tokens(text);
        let words: Vec<String> = tokens.iter().map(|token| folded(stem(token.word).0)).collect();
        let mut corrected = String::with_capacity(text.len());
        let mut at = 0;
        while at < tokens.len() {
            let Some(fit) = self.fit(&tokens[at..], &words[at..], language) else {
                let Token { gap, lead, word, trail } = tokens[at];
                corrected.extend([gap, lead, word, trail]);
                at += 1;
                continue;
            };
            let (first, last) = (&tokens[at], &tokens[at + fit.words - 1]);
            corrected.extend([first.gap, first.lead]);
            corrected.push_str(&written(&fit, first.word));
            corrected.extend([stem(last.word).1, last.trail]);
            at += fit.words;
        }
        corrected.push_str(rest);
        if corrected == text { Cow::Borrowed(text) } else { Cow::Owned(corrected) }
    }

    /// The text begins with an entry whose capitals mean something.
    pub(super) fn begins(&self, text: &str) -> bool {
        self.entries.iter().filter(|entry| entry.is_cased).any(|entry| {
            let rest = text.strip_prefix(entry.text.as_str());
            rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        })
    }

    /// The entry that the first words are: the one of the most words, then with the fewest letters that differ.
    fn fit(&self, tokens: &[Token<'_>], words: &[String], language: &str) -> Option<Fit<'_>> {
        let mut best: Option<Fit<'_>> = None;
        let mut joined = String::new();
        for count in 1..=self.reach.min(words.len()) {
            let token = &tokens[count - 1];
            if token.word.is_empty() || (count > 1 && !token.lead.is_empty()) {
                break;
            }
            joined.extend(words[count - 1].chars().filter(|c| c.is_alphanumeric()));
            if joined.len() > LONGEST_LETTERS {
                break;
            }
            if let Some(fit) = self.entry_for(&joined, &words[..count], language)
                && best.as_ref().is_none_or(|best| fit.is_better(best))
            {
                best = Some(fit);
            }
            if !token.trail.is_empty() || !stem(token.word).1.is_empty() {
                break;
            }
        }
        best
    }

    fn entry_for(&self, joined: &str, words: &[String], language: &str) -> Option<Fit<'_>> {
        let ordinary = words.iter().filter(|word| self.is_ordinary(word)).count();
        let all_ordinary = ordinary == words.len();
        if let Some(&index) = self.by_letters.get(joined) {
            let entry = &self.entries[index];
            // "git hub" and "java script" may be joined, because the entry's capitals show that it is made of words, and so may
            // long ones, of which nobody says the parts by chance.
            let is_split = words.len() != entry.words;
            if !(is_split && all_ordinary && joined.len() < LONG && !is_compound(&entry.text)) {
                return Some(Fit { entry, words: words.len(), distance: 0 });
            }
        }
        let has_link = LINKS.contains(&words[0].as_str()) || LINKS.contains(&words[words.len() - 1].as_str());
        if all_ordinary || has_link || words[0].contains(char::is_numeric) {
            return None;
        }
        let candidates = self.by_sound.get(&phonetic::key(joined))?;
        let close = candidates.iter().filter_map(|&index| {
            let entry = &self.entries[index];
            if words.len() > entry.words + EXTRA_WORDS {
                return None;
            }
            let distance = levenshtein(joined, &entry.letters);
            let fits = distance * 100 <= entry.tolerance(words.len(), language) * joined.len().max(entry.letters.len());
            fits.then_some(Fit { entry, words: words.len(), distance })
        });
        close.min_by_key(|fit| fit.distance)
    }

    /// Also with the usual endings.
    fn is_ordinary(&self, word: &str) -> bool {
        const ENDINGS: [&str; 7] = ["s", "es", "ed", "d", "ing", "er", "ly"];
        self.ordinary.contains(word)
            || ENDINGS.iter().any(|ending| {
                word.strip_suffix(ending).is_some_and(|stem| {
                    stem.len() > 2
                        && (self.ordinary.contains(stem)
                            || (*ending == "ing" && self.ordinary.contains(&*format!("{stem}e"))))
                })
            })
    }
}

impl Fit<'_> {
    fn is_better(&self, other: &Self) -> bool {
        let words = self.entry.words.cmp(&other.entry.words);
        words.then(other.distance.cmp(&self.distance)).is_gt()
    }
}

impl Entry {
    /// Of a hundred letters, how many may differ where the sound is the same. The more sounds agree, the less likely is chance. A single
    /// word is more likely another one than a row that makes no sense.
    fn tolerance(&self, words: usize, language: &str) -> usize {
        match (self.sounds, words) {
            // Elsewhere no list of ordinary words stands guard.
            _ if language != "en" => 20,
            (0..=3, 1) => 20,
            (0..=3, _) | (4, 1) => 25,
            (5, 1) => 28,
            (4, _) => 35,
            (5, _) | (_, 1) => 40,
            _ => 50,
        }
    }
}

fn written<'a>(fit: &Fit<'a>, found: &str) -> Cow<'a, str> {
    let entry = fit.entry;
    if entry.is_cased || !found.starts_with(char::is_uppercase) {
        return Cow::Borrowed(&entry.text);
    }
    // An entry in small letters may begin a sentence.
    if fit.distance == 0 && fit.words == 1 && entry.words == 1 && folded(found) == folded(&entry.text) {
        return Cow::Owned(found.to_owned());
    }
    Cow::Owned(super::casing::capitalised(&entry.text))
}

fn letters(text: &str) -> String {
    folded(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A word and its genitive.
fn stem(word: &str) -> (&str, &str) {
    let genitive = ["'s", "’s"].into_iter().find(|ending| word.ends_with(ending));
    word.split_at(word.len() - genitive.map_or(0, str::len))
}

/// Capitals or blanks within show that an entry is made of words.
fn is_compound(text: &str) -> bool {
    text.contains(' ') || text.chars().skip(1).any(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;

    fn correct(entries: &[&str], text: &str, language: &str) -> String {
        let entries: Vec<_> = entries.iter().map(|entry| (*entry).to_owned()).collect();
        Vocabulary::new(&entries).correct(text, language).into_owned()
    }

    const ENTRIES: &[&str] = &[
        "Kubernetes",
        "Grafana Loki",
        "Grafana",
        "PostgreSQL",
        "JavaScript",
        "GitHub",
        "Ada Lovelace",
        "Zürich",
        "npm",
        "SQL",
        "Ansible",
        "Rust",
        "Signal",
        "IT",
        "C++",
        "Terraform",
        "Prometheus",
        "Visual Studio",
        "Wójcik",
        "hauberk",
        "Go",
        "Elasticsearch",
        "Redis",
        "Nginx",
        "Siobhan",
        "Mirko Petrović",
    ];

    #[test]
    fn misheard_words_are_put_right() {
        for (text, expected) in [
            ("we run kubernetes here", "we run Kubernetes here"),
            ("We run kubernets, mostly.", "We run Kubernetes, mostly."),
            ("We run cooper netties.", "We run Kubernetes."),
            ("Coopernetes is up", "Kubernetes is up"),
            ("look at grafana low key now", "look at Grafana Loki now"),
            ("look at graffana now", "look at Grafana now"),
            ("Grafana, Loki and more", "Grafana, Loki and more"),
            ("a postgres sql table", "a PostgreSQL table"),
            ("java script and git hub", "JavaScript and GitHub"),
            ("ada lovelace's notes", "Ada Lovelace's notes"),
            ("Ada Lovelase wrote", "Ada Lovelace wrote"),
            ("in Zurich", "in Zürich"),
            ("an S Q L query", "an SQL query"),
            ("Npm is slow", "Npm is slow"),
            ("the ansable role", "the Ansible role"),
            ("terra form it", "Terraform it"),
            ("visual studio", "Visual Studio"),
            ("Mr Wojcik", "Mr Wójcik"),
            ("Hauberks and a hauberk", "Hauberks and a hauberk"),
            ("the elastic search index", "the Elasticsearch index"),
            ("mirko petrovich called", "Mirko Petrović called"),
            ("\"kubernetes\"", "\"Kubernetes\""),
        ] {
            assert_eq!(correct(ENTRIES, text, "en"), expected, "{text}");
        }
    }

    #[test]
    fn ordinary_words_stay() {
        for text in [
            "rust on the car",
            "we go home",
            "a signal in the noise",
            "it is late",
            "governments come and go",
            "the cabernet was good",
            "sensible people",
            "ready or not",
            "the terrace formed a square",
            "two cooperating teams",
            "graphics and fonts",
            "a low key party",
            "post grass pictures",
            "the sequel was bad",
            "see you in the summer",
            "prom dresses and music",
            "we must sign all of them",
            "coordinates on a map",
            "a visual study",
            "studio lights",
            "she bought it",
            "add a love lace dress",
            "permit us to go",
            "the engine is on",
            "radish salad",
            "red is a colour",
            "java is an island",
            "he got a script",
            "the hub is here",
            "squeal of brakes",
            "an able man",
            "search for elastic bands",
            "gravitation",
            "a graph of an hour",
            "compare notes",
            "his mirror cracked",
            "cover nets",
            "copper nuts",
            "the city of zurich",
            "caps and bottles",
            "cornets are brass",
            "carbonates fizz",
            "he promotes the idea",
            "grief and anger",
            "progress quickly",
            "the ritual",
        ] {
            let entries: Vec<_> =
                ENTRIES.iter().copied().filter(|entry| !text.contains("zurich") || *entry != "Zürich").collect();
            assert_eq!(correct(&entries, text, "en"), text);
        }
    }

    #[test]
    fn other_languages_are_corrected_with_more_care() {
        assert_eq!(correct(ENTRIES, "wir haben kubernetes", "de"), "wir haben Kubernetes");
        assert_eq!(correct(ENTRIES, "wir haben Kubernetis", "de"), "wir haben Kubernetes");
        assert_eq!(correct(ENTRIES, "wir haben cooper netties", "de"), "wir haben cooper netties");
    }

    #[test]
    fn letters_of_other_scripts_are_known_by_themselves() {
        assert_eq!(correct(&["Привет Мир"], "это привет мир", "ru"), "это Привет Мир");
        assert_eq!(correct(&["漢字"], "漢字", "ja"), "漢字");
    }
}
