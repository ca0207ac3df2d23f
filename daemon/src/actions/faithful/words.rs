//! Texts taken apart: words, sentences, and how much two words are alike.

use unicode_segmentation::UnicodeSegmentation;

/// Words that are less alike than this are two; 1 is equal. "dont" and "doesn't" are one word to whoever corrects.
const ALIKE: f64 = 0.5;

/// In small letters, with one kind of apostrophe.
pub(super) fn plain(text: &str) -> String {
    text.to_lowercase().replace(['’', '‘', 'ʼ', '`'], "'")
}

/// The words in small letters.
pub(super) fn words(text: &str) -> Vec<String> {
    plain(text).unicode_words().map(str::to_owned).collect()
}

/// Words that say what a text is about: the short ones are in every text.
pub(super) fn own_words(text: &str) -> Vec<String> {
    let mut words = words(text);
    let is_own = |word: &String| word.chars().count() >= 4 || word.chars().any(|letter| !letter.is_ascii_alphabetic());
    if words.iter().any(is_own) {
        words.retain(is_own);
    }
    words
}

/// Figures that are read as words: "2nite", "gr8".
pub(super) fn is_slang(word: &str) -> bool {
    const SLANG: &str =
        "2nite 2night 2day 2moro 2morrow 2u 2b 4u 4ever b4 gr8 l8r l8 m8 w8 h8 any1 some1 every1 no1 2gether str8";
    SLANG.split(' ').any(|slang| slang == word)
}

pub(super) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .flat_map(|line| {
            let starts = line.split_sentence_bound_indices().map(|(start, _)| start);
            let mut starts: Vec<usize> = starts.filter(|start| !ends_with_title(&line[..*start])).collect();
            starts.push(line.len());
            starts.windows(2).map(|part| line[part[0]..part[1]].trim()).collect::<Vec<_>>()
        })
        .filter(|sentence| sentence.chars().any(char::is_alphanumeric))
}

/// "Dr." ends no sentence.
fn ends_with_title(text: &str) -> bool {
    const TITLES: [&str; 10] = ["Dr.", "Mr.", "Mrs.", "Ms.", "Prof.", "St.", "Hr.", "Fr.", "Sr.", "Nr."];
    text.split_whitespace().next_back().is_some_and(|last| TITLES.contains(&last))
}

/// Sentences, also of those who begin them with small letters, and what stands on both sides of a colon.
pub(super) fn clauses(text: &str) -> impl Iterator<Item = &str> {
    sentences(text)
        .flat_map(|sentence| {
            let ends_here =
                |end: &usize| sentence[..*end].ends_with(['.', '!', '?', ':']) && !ends_with_title(&sentence[..*end]);
            let ends = sentence.match_indices(' ').map(|(end, _)| end).filter(ends_here);
            let ends: Vec<usize> = ends.chain([sentence.len()]).collect();
            let starts: Vec<usize> = std::iter::once(0).chain(ends.iter().copied()).collect();
            starts.into_iter().zip(ends).map(|(start, end)| sentence[start..end].trim()).collect::<Vec<_>>()
        })
        .filter(|clause| clause.chars().any(char::is_alphanumeric))
}

/// The same word, perhaps misspelt or in another form.
pub(super) fn alike(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (a_len, b_len) = (a.chars().count(), b.chars().count());
    // Only what can be alike is looked at letter by letter.
    let longer = a_len.max(b_len) as f64;
    (a_len.abs_diff(b_len) as f64) <= longer * (1.0 - ALIKE)
        && strsim::osa_distance(a, b) as f64 <= longer * (1.0 - ALIKE)
}

/// Another form of the same word: most of its beginning is the same.
pub(super) fn akin(a: &str, b: &str) -> bool {
    /// Letters that the beginnings share at least.
    const STEM: usize = 4;
    if a == b {
        return true;
    }
    let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let longer = a.chars().count().max(b.chars().count());
    (shared >= STEM && shared * 2 >= longer) || shared > 0 && strsim::osa_distance(a, b) * 4 <= longer
}

/// Whether the word begins so. Short beginnings are whole words: "di" is no "different".
pub(super) fn begins(word: &str, stem: &str) -> bool {
    if stem.chars().count() <= 3 { word == stem } else { word.starts_with(stem) }
}

/// Whether `part` is at least so many percent of `whole`.
pub(super) fn is_share(part: usize, whole: usize, percent: u32) -> bool {
    part * 100 >= whole * percent as usize
}
