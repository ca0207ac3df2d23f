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

#[test]
fn german_numbers_become_digits() {
    for (text, expected) in [
        ("Es waren fünfundzwanzig Prozent.", "Es waren 25 %."),
        ("Wir sind zweihundertdreißig Kilometer gefahren", "Wir sind 230 km gefahren"),
        ("Das kostet drei Komma fünf Euro.", "Das kostet 3,5 €."),
        ("Im Jahr neunzehnhundertachtundneunzig", "Im Jahr 1998"),
        ("zweitausendsechsundzwanzig", "2026"),
        ("zehntausend Leute und eine Million", "10.000 Leute und eine Million"),
        ("Am fünften Mai um acht Uhr", "Am 5. Mai um 8 Uhr"),
        ("der einunddreißigste Dezember", "der 31. Dezember"),
        ("20 Grad Celsius und 5 Prozent", "20 °C und 5 %"),
        ("ein Liter Milch", "1 l Milch"),
        ("zweitausend fünfhundert Watt", "2500 W"),
        ("einhundertzwanzig Kilometer pro Stunde", "120 km/h"),
    ] {
        assert_eq!(in_digits(text, "de"), expected, "{text}");
    }
    for text in [
        "Ein Mann und zwei Frauen",
        "hundert Mal",
        "tausend Dank",
        "eins zwei drei",
        "Wir achten darauf.",
        "das Jahrhundert",
        "zwanzig dreißig Leute",
        "im ersten Versuch",
        "Sieben Mal, drei Mal",
        "Die Achten waren da",
    ] {
        assert_eq!(in_digits(text, "de"), text);
    }
}

#[test]
fn french_numbers_become_digits() {
    for (text, expected) in [
        ("Il y a vingt-cinq pour cent de pertes.", "Il y a 25 % de pertes."),
        ("quatre-vingt-dix-sept kilomètres", "97 km"),
        ("quatre vingt dix sept", "97"),
        ("soixante et onze, trente et un", "71, 31"),
        ("deux mille vingt-six", "2026"),
        ("mille neuf cent quatre-vingt-quatre", "1984"),
        ("Cela coûte trois virgule cinq euros", "Cela coûte 3,5 €"),
        ("trois virgule vingt-cinq mètres", "3,25 m"),
        ("le cinq mai et le premier juin", "le 5 mai et le 1er juin"),
        ("à huit heures", "à 8 heures"),
        ("cent kilomètres par heure", "100 km/h"),
        ("10 kilos et 5 pour cent", "10 kg et 5 %"),
        ("douze mille personnes", "12 000 personnes"),
        ("vingt et un", "21"),
    ] {
        assert_eq!(in_digits(text, "fr"), expected, "{text}");
    }
    for text in [
        "un homme et deux femmes",
        "un livre neuf",
        "mille mercis",
        "cent fois",
        "un deux trois",
        "vingt trente personnes",
        "et un de plus",
        "le premier jour",
        "Il a cinq ans.",
    ] {
        assert_eq!(in_digits(text, "fr"), text);
    }
}

#[test]
fn spanish_numbers_become_digits() {
    for (text, expected) in [
        ("El veinticinco por ciento.", "El 25 %."),
        ("treinta y cinco kilómetros", "35 km"),
        ("mil novecientos noventa y ocho", "1998"),
        ("dos mil veintiséis", "2026"),
        ("Cuesta tres coma cinco euros", "Cuesta 3,5 €"),
        ("el cinco de mayo de dos mil veintiséis", "el 5 de mayo de 2026"),
        ("el uno de enero", "el 1 de enero"),
        ("quince mil personas", "15.000 personas"),
        ("20 grados centígrados", "20 °C"),
        ("ciento veinte kilómetros por hora", "120 km/h"),
    ] {
        assert_eq!(in_digits(text, "es"), expected, "{text}");
    }
    for text in [
        "un hombre y dos mujeres",
        "mil gracias",
        "cien veces",
        "uno dos tres",
        "tiene cinco de los seis",
        "las once y media",
    ] {
        assert_eq!(in_digits(text, "es"), text);
    }
}
