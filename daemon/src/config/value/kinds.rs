//! The kinds of values there are, as visitors: each reads one, or refuses it in words.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Error, SeqAccess, Unexpected, Visitor};

pub(super) struct Switch;

impl Visitor<'_> for Switch {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_bool<E: Error>(self, on: bool) -> Result<bool, E> {
        Ok(on)
    }
}

pub(super) enum Zero {
    AsAnyOther,
    Allowed,
}

pub(super) struct Whole<T> {
    pub(super) min: u32,
    pub(super) max: u32,
    pub(super) zero: Zero,
    pub(super) number: PhantomData<T>,
}

impl<T> Whole<T> {
    fn allows(&self, number: i64) -> bool {
        (i64::from(self.min)..=i64::from(self.max)).contains(&number)
            || (number == 0 && matches!(self.zero, Zero::Allowed))
    }
}

impl<T: TryFrom<u32>> Visitor<'_> for Whole<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.zero {
            Zero::AsAnyOther => write!(f, "a whole number from {} to {}", self.min, self.max),
            Zero::Allowed => write!(f, "0, or a whole number from {} to {}", self.min, self.max),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        let refused = || E::invalid_value(Unexpected::Signed(number), &self);
        let allowed = u32::try_from(number).ok().filter(|_| self.allows(number)).ok_or_else(refused)?;
        T::try_from(allowed).map_err(|_| refused())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }
}

pub(super) struct OrNever(pub(super) Whole<u32>);

impl Visitor<'_> for OrNever {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)?;
        f.write_str(", or \"never\"")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u32, E> {
        if self.0.allows(number) {
            self.0.visit_i64(number)
        } else {
            Err(E::invalid_value(Unexpected::Signed(number), &self))
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<u32, E> {
        if text == "never" { Ok(0) } else { Err(E::invalid_value(Unexpected::Str(text), &self)) }
    }
}

/// One of some words.
pub(in crate::config) struct OneOf<T: 'static> {
    pub(in crate::config) allowed: &'static str,
    pub(in crate::config) values: &'static [(&'static str, T)],
}

impl<T: Copy + PartialEq> OneOf<T> {
    /// The word for a value.
    pub(in crate::config) fn written(&self, value: T) -> &'static str {
        self.values.iter().find(|(_, known)| *known == value).expect("every value has its word").0
    }
}

impl<T: Copy> Visitor<'_> for OneOf<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.allowed)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let found = self.values.iter().find(|(word, _)| *word == text);
        found.map(|(_, value)| *value).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

pub(super) struct Name {
    pub(super) allowed: &'static str,
    pub(super) fits: fn(&str) -> bool,
}

impl Visitor<'_> for Name {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.allowed)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        if (self.fits)(text) { Ok(text.to_owned()) } else { Err(E::invalid_value(Unexpected::Str(text), &self)) }
    }
}

/// A list; `allowed` is for one that is something else, the items speak for themselves.
pub(super) struct List<T> {
    pub(super) allowed: &'static str,
    pub(super) items: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.allowed)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(items)
    }
}
