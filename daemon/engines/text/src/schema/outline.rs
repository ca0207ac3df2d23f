//! Where in a JSON text one is, byte after byte: inside which lists, between which quotation marks. Pure.

/// As much as what is open needs.
#[derive(Debug, Clone, Default)]
pub(super) struct Outline {
    text: Vec<u8>,
    open: Vec<Open>,
    pub(super) place: Place,
    /// Bytes of the number at the end.
    number: usize,
    /// Those of its exponent.
    exponent: Option<usize>,
}

/// Nobody needs more digits, and small models never stop making more. Programs read no exponents of three.
const LONGEST_NUMBER: usize = 20;
const LONGEST_EXPONENT: usize = 2;

/// What the next byte belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Place {
    #[default]
    Between,
    Text,
    /// Behind a backslash.
    Escape,
}

#[derive(Debug, Clone)]
enum Open {
    Object,
    /// The elements so far, and where the next one begins.
    List {
        elements: Vec<Vec<u8>>,
        begin: usize,
    },
}

/// Two elements of one list are the same.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Repeated;

impl Place {
    #[must_use]
    pub(super) fn behind(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Between, b'"') | (Self::Escape, _) => Self::Text,
            (Self::Text, b'"') => Self::Between,
            (Self::Text, b'\\') => Self::Escape,
            (place, _) => place,
        }
    }
}

impl Outline {
    /// Goes on, and says whether a list has an element twice now.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Repeated> {
        let mut outcome = Ok(());
        for byte in bytes {
            if self.place == Place::Between {
                outcome = outcome.and(self.structure(*byte));
                self.count_digits(*byte);
            }
            self.place = self.place.behind(*byte);
            self.text.push(*byte);
        }
        outcome
    }

    /// Whether it is known what the element of a list is that stands at the end, unless it is a number, which could have more digits.
    pub(super) fn ends_with_an_element(&self) -> bool {
        let Some(Open::List { begin, .. }) = self.open.last() else { return false };
        self.place == Place::Between && !self.text[*begin..].trim_ascii().is_empty()
    }

    /// Another element of a list is to come, of which nothing is there yet.
    pub(super) fn begins_another_element(&self) -> bool {
        let Some(Open::List { elements, begin }) = self.open.last() else { return false };
        !elements.is_empty() && self.text.get(*begin..).is_some_and(|element| element.trim_ascii().is_empty())
    }

    /// The number at the end should have no more digits.
    pub(super) fn ends_with_a_long_number(&self) -> bool {
        self.exponent.map_or(self.number >= LONGEST_NUMBER, |digits| digits >= LONGEST_EXPONENT)
    }

    fn count_digits(&mut self, byte: u8) {
        match byte {
            b'0'..=b'9' | b'.' | b'-' | b'+' => {
                self.number += 1;
                if byte.is_ascii_digit() {
                    self.exponent = self.exponent.map(|digits| digits + 1);
                }
            }
            b'e' | b'E' if self.number > 0 => self.exponent = Some(0),
            _ => (self.number, self.exponent) = (0, None),
        }
    }

    fn structure(&mut self, byte: u8) -> Result<(), Repeated> {
        match byte {
            b'{' => self.open.push(Open::Object),
            b'[' => self.open.push(Open::List { elements: Vec::new(), begin: self.text.len() + 1 }),
            b',' => return self.end_element(),
            b']' => {
                let outcome = self.end_element();
                self.open.pop();
                return outcome;
            }
            b'}' => drop(self.open.pop()),
            _ => {}
        }
        Ok(())
    }

    fn end_element(&mut self) -> Result<(), Repeated> {
        let Some(Open::List { elements, begin }) = self.open.last_mut() else { return Ok(()) };
        let element = self.text[*begin..].trim_ascii().to_vec();
        *begin = self.text.len() + 1;
        let is_new = element.is_empty() || !elements.contains(&element);
        elements.push(element);
        if is_new { Ok(()) } else { Err(Repeated) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Outline, Place, Repeated};

    #[test]
    fn elements_of_one_list_are_compared() {
        for (text, expected) in [
            (r#"["a", "b", "a""#, Ok(())),
            (r#"["a", "b", "a"]"#, Err(Repeated)),
            (r#"["a", "b", "a,", "]"]"#, Ok(())),
            (r#"["a\"", "a\"""#, Ok(())),
            (r#"["a\"", "a\"","#, Err(Repeated)),
            ("[[1, 2], [2, 1], [1, 2]]", Err(Repeated)),
            ("[[1, 2], [2, 1]]", Ok(())),
            (r#"[{"a": 1, "b": 1}, {"a": 1, "b": 2}]"#, Ok(())),
            (r#"[{"a": 1}, {"a": 1}]"#, Err(Repeated)),
            (r#"{"a": [1], "b": [1], "c": []}"#, Ok(())),
            ("[]", Ok(())),
        ] {
            assert_eq!(Outline::default().push(text.as_bytes()), expected, "{text}");
            let mut bytewise = Outline::default();
            let all: Result<Vec<()>, _> = text.bytes().map(|byte| bytewise.push(&[byte])).collect();
            assert_eq!(all.map(|_| ()), expected, "{text}");
        }
    }

    #[test]
    fn long_numbers_are_seen() {
        for (text, is_long) in [
            ("", false),
            ("1234567890123456789", false),
            ("12345678901234567890", true),
            (r#""12345678901234567890""#, false),
            ("[12345678901234567890, 1", false),
            ("1e9", false),
            ("1e-99", true),
            ("[1e99, 1", false),
            ("true, fals", false),
        ] {
            let mut outline = Outline::default();
            outline.push(text.as_bytes()).unwrap();
            assert_eq!(outline.ends_with_a_long_number(), is_long, "{text}");
        }
    }

    #[test]
    fn it_is_known_where_one_is() {
        for (text, place, element) in [
            ("", Place::Between, false),
            (r#"{"a"#, Place::Text, false),
            (r#"{"a\"#, Place::Escape, false),
            (r#"{"a": [""#, Place::Text, false),
            (r#"{"a": ["x""#, Place::Between, true),
            (r#"{"a": ["x", "#, Place::Between, false),
            (r#"{"a": [1"#, Place::Between, true),
            (r#"{"a": [1], "b": 1"#, Place::Between, false),
        ] {
            let mut outline = Outline::default();
            outline.push(text.as_bytes()).unwrap();
            assert_eq!((outline.place, outline.ends_with_an_element()), (place, element), "{text}");
        }
    }
}
