//! How a word sounds, roughly: two spellings of the same sound get the same key. Made for European names; letters of other scripts
//! have no key.

/// The consonants in order, those that sound alike as one, with `A` for a vowel at the beginning. Expects folded letters without
/// blanks.
pub(super) fn key(letters: &str) -> String {
    let letters: Vec<char> = letters.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut key = String::new();
    let mut at = 0;
    while at < letters.len() {
        let rest = &letters[at..];
        let (sound, taken) = sound(rest, at == 0);
        for c in sound.chars() {
            // A doubled consonant sounds like one.
            if !(key.ends_with(c) && at > 0 && is_same_run(&letters, at)) {
                key.push(c);
            }
        }
        at += taken;
    }
    key
}

/// Nothing but a consonant stands before this one.
fn is_same_run(letters: &[char], at: usize) -> bool {
    !is_vowel(letters[at - 1])
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

/// The sound of the first letters, and how many they are.
fn sound(letters: &[char], first: bool) -> (&'static str, usize) {
    const GROUPS: [(&str, &str); 15] = [
        ("sch", "S"),
        ("tch", "S"),
        ("dge", "S"),
        ("sh", "S"),
        ("ch", "K"),
        ("ck", "K"),
        ("cq", "K"),
        ("ph", "F"),
        ("th", "T"),
        ("wh", ""),
        ("gh", ""),
        ("kn", "N"),
        ("qu", "K"),
        ("ps", "PS"),
        ("x", "KS"),
    ];
    let begins = |group: &str| group.chars().enumerate().all(|(index, c)| letters.get(index) == Some(&c));
    if let Some((group, sound)) = GROUPS.iter().find(|(group, _)| begins(group)) {
        return (sound, group.len());
    }
    let soft = matches!(letters.get(1), Some('e' | 'i' | 'y'));
    let sound = match letters[0] {
        'a' | 'e' | 'i' | 'o' | 'u' if first => "A",
        'b' | 'p' => "P",
        'f' | 'v' => "F",
        'c' if soft => "S",
        'c' | 'k' | 'q' | 'g' => "K",
        's' | 'z' | 'j' => "S",
        'd' | 't' => "T",
        'l' => "L",
        'm' | 'n' => "N",
        'r' => "R",
        '0'..='9' => return (DIGITS[letters[0] as usize - '0' as usize], 1),
        _ => "",
    };
    (sound, 1)
}

/// Digits sound like nothing else here.
const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn what_sounds_alike_has_one_key() {
        for (a, b) in [
            ("kubernetes", "coopernetties"),
            ("kubernetes", "kubernets"),
            ("grafanaloki", "graphonaloki"),
            ("postgresql", "postgresskl"),
            ("ansible", "ansabel"),
            ("nadjinska", "natschinska"),
        ] {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
    }

    #[test]
    fn what_sounds_otherwise_has_another() {
        for (a, b) in
            [("kubernetes", "governments"), ("grafana", "banana"), ("loki", "look at"), ("ansible", "sensible")]
        {
            assert_ne!(key(a), key(b), "{a} {b}");
        }
        assert_eq!((key(""), key("漢字")), (String::new(), String::new()));
    }
}
