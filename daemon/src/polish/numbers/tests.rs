//! Tables of number words, and of words that only sound like numbers.

use super::in_digits;

#[test]
fn numbers_become_digits() {
    for (text, expected) in [
        ("twenty five people", "25 people"),
        ("Twenty-five people", "25 people"),
        ("one hundred and twenty", "120"),
        ("two thousand and five", "2005"),
        ("twelve thousand five hundred", "12,500"),
        ("three point one four", "3.14"),
        ("three point five percent.", "3.5%."),
        ("five per cent", "5%"),
        ("five kilometres away", "5 km away"),
        ("one kilogram", "1 kg"),
        ("two point five million euros", "€2.5 million"),
        ("five million people", "5 million people"),
        ("twenty dollars", "$20"),
        ("five dollars and fifty cents", "$5.50"),
        ("five dollars and a dime", "$5 and a dime"),
        ("in nineteen eighty four", "in 1984"),
        ("in twenty twenty six we", "in 2026 we"),
        ("in nineteen oh five", "in 1905"),
        ("call five five five one two", "call 55512"),
        ("at ten twenty four p m", "at 10:24 p.m."),
        ("at ten twenty four p m.", "at 10:24 p.m."),
        ("at five a.m. sharp", "at 5 a.m. sharp"),
        ("at nine oh five am", "at 9:05 a.m."),
        ("the fifth of may twenty twenty six", "the 5th of May 2026"),
        ("the twenty second of june", "the 22nd of June"),
        ("may fifth twenty twenty six", "May 5, 2026"),
        ("on March third, we", "on March 3rd, we"),
        ("the twenty first century", "the 21st century"),
        ("(twenty)", "(20)"),
        ("twenty or thirty", "20 or 30"),
        ("nine hundred ninety nine thousand", "999,000"),
        ("two million three hundred thousand people", "2,300,000 people"),
        ("one hundred twenty five million four hundred thousand three hundred and two", "125,400,302"),
        ("two hundred million", "200 million"),
        ("three million dollars", "$3 million"),
        ("in the nineteen eighties", "in the 1980s"),
        ("section three point one point four", "section 3.1.4"),
        ("ten point five dollars", "$10.50"),
        ("minus five degrees", "-5 degrees"),
        ("It is minus twenty five degrees celsius.", "It is -25 °C."),
        ("negative twenty", "-20"),
        ("five kilometers per hour", "5 km/h"),
        ("ten kilowatt hours", "10 kWh"),
        ("twenty square meters", "20 m²"),
    ] {
        assert_eq!(in_digits(text, "en"), expected, "{text}");
    }
}

/// As recognisers write most of them.
#[test]
fn digits_get_their_units() {
    for (text, expected) in [
        ("5 percent of people", "5% of people"),
        ("3.5 percent.", "3.5%."),
        ("20 kilometers away", "20 km away"),
        ("It costs 20 euros and 50 cents.", "It costs €20.50."),
        ("1,000 dollars", "$1,000"),
        ("2 million euros", "€2 million"),
        ("20 degrees Celsius", "20 °C"),
        ("it was minus 5 degrees", "it was -5 degrees"),
        ("100 kilometers per hour", "100 km/h"),
    ] {
        assert_eq!(in_digits(text, "en"), expected, "{text}");
    }
}

#[test]
fn words_stay() {
    for text in [
        "one of them",
        "no one",
        "one by one",
        "two or three",
        "first things first",
        "a second thought",
        "ten four",
        "one two",
        "the fifth element",
        "may I come in",
        "we march on",
        "a hundred",
        "a million reasons",
        "the point is",
        "oh no",
        "forty two fifty",
        "zero",
        "at ten twenty",
        "dial nine oh five",
        "nine to five",
        "he has five",
        "forty second street",
        "5 apples",
        "page 3, percent",
        "$5 percent",
        "on the 5th of May 2020",
        "5 minus 3",
    ] {
        assert_eq!(in_digits(text, "en"), text);
    }
    assert_eq!(in_digits("a twenty second delay", "en"), "a 20 second delay");
    assert_eq!(in_digits("x minus ten", "en"), "x minus 10", "a subtraction");
    assert_eq!(in_digits("twenty, five", "en"), "20, five", "a mark parts them");
    assert_eq!(in_digits("twenty five", "de"), "twenty five");
}
