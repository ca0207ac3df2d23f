//! Tables: how texts are brought into one form, and how many words are wrong.

use super::{Mistakes, words};

#[track_caller]
fn reads(language: &str, table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(words(language, text).join(" "), *expected, "{text}");
    }
}

#[test]
fn case_punctuation_and_notes_do_not_count() {
    reads(
        "en",
        &[
            ("", ""),
            (" … !\n", ""),
            ("Hello,  World!", "hello world"),
            ("well-kept (coughs) [music] <unk> kettle", "well kept kettle"),
            ("an open ( bracket", "an open bracket"),
            ("Um, so, uh, mhm.", "so"),
            ("the café's naïve rôle", "the cafe is naive role"),
            ("www.example.org", "www example org"),
            ("mp3 at 7am", "mp 3 at 7 am"),
        ],
    );
}

#[test]
fn short_forms_are_written_out() {
    reads(
        "en",
        &[
            ("I won't, you can't, he's", "i will not you can not he is"),
            ("I don’t", "i do not"),
            ("don 't", "do not"),
            ("they've we'll I'm she'd you're", "they have we will i am she would you are"),
            ("it's been; he'd gone", "it has been he had gone"),
            ("Let's go, y'all wanna?", "let us go you all want to"),
            ("Mr. and Mrs. Hill, Dr. Jones", "mister and missus hill doctor jones"),
            ("wouldn't've", "would not have"),
            ("the boys' rock'n'roll 'quoted'", "the boys rock n roll quoted"),
        ],
    );
}

#[test]
fn numbers_become_digits() {
    reads(
        "en",
        &[
            ("one", "one"),
            ("1", "one"),
            ("twenty-five", "25"),
            ("one hundred and twenty-three", "123"),
            ("two hundred five", "205"),
            ("two million three hundred thousand and six", "2300006"),
            ("nineteen hundred", "1900"),
            ("nineteen eighty-four", "1984"),
            ("twenty twenty one", "2021"),
            ("one oh one", "101"),
            ("Oh my", "oh my"),
            ("four five six", "456"),
            ("double seven", "77"),
            ("10,000 and 3.5 million", "10000 and 3500000"),
            ("three point one four", "3.14"),
            ("two and a half", "2.5"),
            ("bread and two eggs", "bread and 2 eggs"),
            ("1 2 3", "one 2 3"),
            ("007", "007"),
            ("the point is", "the point is"),
            ("ninety-nine billion billion billion", "99000000000 1000000000 1000000000"),
        ],
    );
}

#[test]
fn ordinals_plurals_money_and_percent() {
    reads(
        "en",
        &[
            ("first, twenty-second, thirtieth", "1st 22nd 30th"),
            ("the 21st", "the 21st"),
            ("one hundred and twelfth", "112th"),
            ("the nineties and the 90s", "the 90s and the 90s"),
            ("hundreds of sixes", "100s of 6s"),
            ("five dollars", "$5"),
            ("$5 million", "$5000000"),
            ("five dollars and twenty cents", "$5.20"),
            ("12 euros", "€12"),
            ("fifty percent, 50 per cent, 50%", "50% 50% 50%"),
            ("$ and %", "and"),
        ],
    );
}

#[test]
fn spelling_is_american() {
    reads(
        "en",
        &[
            ("colours dishonoured neighbouring", "colors dishonored neighboring"),
            ("four hours of your tour", "4 hours of your tour"),
            ("organised realise recognising civilisation", "organized realize recognizing civilization"),
            ("advise exercise promised surprising", "advise exercise promised surprising"),
            ("travelled cancelling modeller", "traveled canceling modeler"),
            ("centre theatre kilometres centred", "center theater kilometers centered"),
            ("grey programme defence catalogue", "gray program defense catalog"),
        ],
    );
}

#[test]
fn other_languages_keep_their_words() {
    reads("de", &[("Die Höhle, die 2. (Musik)", "die höhle die 2"), ("geht's", "geht s")]);
    reads("fr", &[("L'été", "l été")]);
    reads("ru", &[("Введите номер.", "введите номер")]);
    reads("hi", &[("हिन्दी है।", "हिन्दी है")]);
    reads("zh", &[("早上9点,至5点。", "早 上 9 点 至 5 点")]);
    reads("ko", &[("한 옆으로 걸어갔다.", "한 옆으로 걸어갔다")]);
}

#[test]
fn mistakes_are_replaced_missing_and_added_words() {
    let mistakes = |said, heard| Mistakes::between("en", said, heard);
    assert_eq!(mistakes("the kettle is hot", "The kettle's hot!"), Mistakes { wrong: 0, said: 4, heard: 4 });
    assert_eq!(mistakes("the kettle is hot", "a kettle hot now"), Mistakes { wrong: 3, said: 4, heard: 4 });
    assert_eq!(mistakes("the kettle", ""), Mistakes { wrong: 2, said: 2, heard: 0 });
    assert!(mistakes("", "Thank you.").is_ghost());
    assert!(!mistakes("", "[music]").is_ghost() && !mistakes("a", "b").is_ghost());
    let all: Mistakes = [mistakes("a b", "a"), mistakes("c d", "c d")].into_iter().sum();
    assert_eq!(all.rate(), Some(0.25));
    assert_eq!(mistakes("", "x").rate(), None);
}
