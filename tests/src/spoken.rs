//! Texts as they are compared: by their words, however a model writes them.

/// The words of a text, small, without punctuation; numbers as digits, because a model may write "8, 9, 10", "eight nine ten" or
/// "8910".
pub fn spoken(text: &str) -> String {
    const NUMBERS: [&str; 11] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let digits = |word: &str| {
        let word = word.to_lowercase();
        let number = NUMBERS.iter().position(|name| *name == word);
        let word = number.map_or(word, |number| number.to_string());
        if word.parse::<u64>().is_err() {
            return word;
        }
        word.split("").filter(|digit| !digit.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let parts = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    parts.map(digits).collect::<Vec<_>>().join(" ")
}
