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

/// Programs keep no more digits than these, and small models never stop making more. Nor do they read exponents of three.
const LONGEST_NUMBER: usize = 16;
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
    /// The names of its properties so far, and where the one that is being written begins.
    Object { names: Vec<String>, begin: Option<usize> },
    /// The elements so far, and where the next one begins.
    List { elements: Vec<Vec<u8>>, begin: usize },
}

/// What there is twice now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeated {
    /// In one list.
    Element,
    /// In one object, of which programs would see one of the two.
    Name,
}

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
    /// Goes on, and says whether something is there twice now that was not before.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Repeated> {
        let mut outcome = Ok(());
        for byte in bytes {
            if self.place == Place::Between {
                outcome = outcome.and(self.structure(*byte));
                self.count_digits(*byte);
            }
            let before = self.place;
            self.place = self.place.behind(*byte);
            self.text.push(*byte);
            if (before, self.place) == (Place::Text, Place::Between) {
                outcome = outcome.and(self.end_name());
            }
        }
        outcome
    }

    /// Whether it is known what the element of a list is that stands at the end, unless it is a number, which could have more digits.
    pub(super) fn ends_with_an_element(&self) -> bool {
        let Some(Open::List { begin, .. }) = self.open.last() else { return false };
        self.place == Place::Between && !self.text[*begin..].trim_ascii().is_empty()
    }

    /// A digit that changes nothing, and behind which models write more of the same.
    pub(super) fn ends_with_an_idle_zero(&self) -> bool {
        let number = &self.text[self.text.len().saturating_sub(self.number)..];
        self.place == Place::Between && number.ends_with(b"0") && number.contains(&b'.')
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
            b'{' => self.open.push(Open::Object { names: Vec::new(), begin: Some(self.text.len() + 1) }),
            b':' => {
                if let Some(Open::Object { begin, .. }) = self.open.last_mut() {
                    *begin = None;
                }
            }
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
        match self.open.last_mut() {
            Some(Open::List { elements, begin }) => {
                let element = in_one_way(self.text[*begin..].trim_ascii());
                *begin = self.text.len() + 1;
                let is_new = element.is_empty() || !elements.contains(&element);
                elements.push(element);
                if is_new { Ok(()) } else { Err(Repeated::Element) }
            }
            Some(Open::Object { begin, .. }) => {
                *begin = Some(self.text.len() + 1);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Of a text that ends here, which may be the name of a property.
    fn end_name(&mut self) -> Result<(), Repeated> {
        let Some(Open::Object { names, begin: Some(begin) }) = self.open.last_mut() else { return Ok(()) };
        let Ok(name) = serde_json::from_slice::<String>(&self.text[*begin..]) else { return Ok(()) };
        let is_new = !names.contains(&name);
        names.push(name);
        if is_new { Ok(()) } else { Err(Repeated::Name) }
    }
}

/// The same for all ways to write a number: 1, 1.0 and 1e0 are the same element of a list.
fn in_one_way(element: &[u8]) -> Vec<u8> {
    let number = str::from_utf8(element).ok().and_then(|text| text.parse::<f64>().ok());
    number.map_or_else(|| element.to_vec(), |number| (number + 0.0).to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::{Outline, Place, Repeated};

    #[test]
    fn elements_of_one_list_are_compared() {
        for (text, expected) in [
            (r#"["a", "b", "a""#, Ok(())),
            (r#"["a", "b", "a"]"#, Err(Repeated::Element)),
            (r#"["a", "b", "a,", "]"]"#, Ok(())),
            (r#"["a\"", "a\"""#, Ok(())),
            (r#"["a\"", "a\"","#, Err(Repeated::Element)),
            ("[[1, 2], [2, 1], [1, 2]]", Err(Repeated::Element)),
            ("[[1, 2], [2, 1]]", Ok(())),
            (r#"[{"a": 1, "b": 1}, {"a": 1, "b": 2}]"#, Ok(())),
            (r#"[{"a": 1}, {"a": 1}]"#, Err(Repeated::Element)),
            (r#"{"a": [1], "b": [1], "c": []}"#, Ok(())),
            ("[1, 1.00, 2]", Err(Repeated::Element)),
            ("[1, 10, -1]", Ok(())),
            (r#"["1", 1]"#, Ok(())),
            (r#"{"a": 1, "b": "a", "a""#, Err(Repeated::Name)),
            (r#"{"a": 1, "\u0061""#, Err(Repeated::Name)),
            (r#"{"a": {"a": ["a", "b"]}, "b": {"a": 1}}"#, Ok(())),
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
            ("123456789012345", false),
            ("1234567890123456", true),
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
    fn idle_zeros_are_seen() {
        for (text, is_idle) in
            [("1.0", true), ("[1.20", true), ("10", false), ("1.05", false), (r#""1.0"#, false), ("", false)]
        {
            let mut outline = Outline::default();
            outline.push(text.as_bytes()).unwrap();
            assert_eq!(outline.ends_with_an_idle_zero(), is_idle, "{text}");
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
