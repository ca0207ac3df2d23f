//! What has to stay to the letter, or nearly: numbers with their signs, code, a no.

use super::super::Doubt;
use super::assert_verdicts;

#[test]
fn what_stands_at_a_number_stays_with_it() {
    assert_verdicts(&[
        ("fix", "it weigh 1.5 kg", "It weighs 15 kg.", Some(Doubt::Numbers)),
        ("fix", "it weigh 15 kg", "It weighs 1.5 kg.", Some(Doubt::Numbers)),
        ("fix", "it weigh 1,5 kg", "It weighs 1.5 kg.", None),
        ("fix", "about 1,000 people was there", "About 1000 people were there.", None),
        ("fix", "we met on 10.12. at the lake", "We met on 10/12 at the lake.", None),
        ("fix", "at night its -5 degrees", "At night, it's 5 degrees.", Some(Doubt::Numbers)),
        ("fix", "at night its -5 degrees", "At night, it's -5 degrees.", None),
        ("fix", "at night its -5 degrees", "At night, it's minus 5 degrees.", None),
        ("fix", "it cost 20$ and 30% tax", "It costs $20 and 30% tax.", None),
        ("fix", "it cost 20$ at the shop", "It costs 20€ at the shop.", Some(Doubt::Numbers)),
        ("fix", "it cost 20 dolars at the shop", "It costs $20 at the shop.", None),
        ("fix", "it rose by 20% this year", "It rose by 20 this year.", Some(Doubt::Numbers)),
        ("fix", "it rose by 20 procent this year", "It rose by 20% this year.", None),
        ("fix", "my two dog barks at the cat", "My three dogs bark at the cat.", Some(Doubt::Numbers)),
        ("fix", "i want two go home now", "I want to go home now.", None),
        ("expand", "dinner fri 21h, Luis brings wine", "Dinner is on Friday at 21:00. Luis brings wine.", None),
        (
            "expand",
            "dinner fri 21h, Luis brings wine",
            "Dinner is on Friday at 21:30. Luis brings wine.",
            Some(Doubt::Numbers),
        ),
        ("fix", "rooms 3-5 is free", "Rooms 3–5 are free.", None),
        (
            "translate English",
            "明天下午三点在办公室开会，有十二个人。",
            "The meeting is at 3 pm tomorrow, with 12 people.",
            None,
        ),
        ("translate English", "明天下午三点在办公室开会。", "The meeting is at 4 pm tomorrow.", Some(Doubt::Numbers)),
        ("translate Chinese", "We need 25 chairs.", "我们需要二十五把椅子。", None),
        ("translate English", "У него две собаки и пять кошек.", "He has 2 dogs and 5 cats.", None),
        ("translate German", "The tax is 19.5% or 20 dollars.", "Die Steuer beträgt 19,5 % oder 20 $.", None),
    ]);
}

#[test]
fn days_and_months_stay() {
    use Doubt::Dates;
    let meeting = "La réunion aura lieu jeudi à 15 h dans la salle 204.";
    let poem = "poem for grandma, 80, funny";
    assert_verdicts(&[
        ("translate English", meeting, "The meeting will take place on Wednesday at 15:00 in room 204.", Some(Dates)),
        ("translate English", meeting, "The meeting will take place at 15:00 in room 204.", Some(Dates)),
        ("translate English", meeting, "The meeting will take place on Thursday at 3 pm in room 204.", None),
        ("translate Italian", "The shop is closed on Mondays.", "Il negozio è chiuso domani.", Some(Dates)),
        ("translate Portuguese", "The shop is closed on Mondays.", "A loja está fechada às segundas.", None),
        ("translate Swedish", "The shop is closed on Mondays.", "Butiken är stängd på måndagar.", None),
        ("translate English", "Butiken är stängd på måndagar.", "The shop is closed on Mondays.", None),
        ("translate English", "Der Termin ist am 17.10. um 9 Uhr.", "The appointment is on 17 October at 9.", None),
        ("translate English", "Der Termin ist im Oktober.", "The appointment is in November.", Some(Dates)),
        ("expand", poem, "Please write a funny poem for Grandma's 80th birthday by Saturday.", Some(Dates)),
        ("expand", poem, "Please write a funny poem for Grandma's 80th birthday.", None),
        ("summarize", "The shop opens again in October after the works.", "It opens again in August.", Some(Dates)),
        ("fix", "see you on wensday", "See you on Wednesday.", None),
        ("fix", "see you on tusday", "See you on Tuesday.", None),
        ("fix", "see you on tusday", "See you on Thursday.", Some(Dates)),
        ("fix", "see you on friday", "See you on Sunday.", Some(Dates)),
        ("fix", "we mets at Montagabend", "We met on Montagabend.", None),
        ("rewrite", "can we meet mon at 9?", "Could we please meet on Monday at 9?", None),
        ("rewrite", "i march in may with juliet", "I will march in May with Juliet.", None),
    ]);
}

#[test]
fn a_version_may_be_called_one() {
    let bug = "bug: app crashes on start, v2.3.1, log attached";
    assert_verdicts(&[
        ("expand", bug, "There is a bug: version 2.3.1 of the app crashes on start. The log is attached.", None),
        (
            "expand",
            bug,
            "There is a bug: version 2.3.2 of the app crashes on start. The log is attached.",
            Some(Doubt::Numbers),
        ),
        ("expand", bug, "There is a bug: the app crashes on start with 2.3.1. The log is attached.", Some(Doubt::Code)),
    ]);
}

#[test]
fn what_is_no_prose_stays() {
    use Doubt::{Code, Wording};
    assert_verdicts(&[
        ("fix", "then call setName(x) befor you go", "Then call set_name(x) before you go.", Some(Code)),
        ("fix", "then call open(file, mode) again", "Then call open(file) again.", Some(Code)),
        ("fix", "the file(s) is in main.rs", "The files are in main.rs.", None),
        ("fix", "look at main.rs and tell @ben", "Look at main.py and tell @ben.", Some(Code)),
        ("fix", "look at main.rs and tell @ben", "Look at main.rs and tell Ben.", Some(Code)),
        ("fix", "ticket abc-123 are open, go to gate b12", "Ticket ABC-123 is open; go to gate B12.", None),
        ("fix", "ticket ABC-123 are open", "Ticket ABD-123 is open.", Some(Code)),
        ("fix", "it weigh 5kg and starts at 3pm", "It weighs 5 kg and starts at 3 pm.", None),
        ("fix", "this are <b>very</b> importent", "This is very important.", Some(Code)),
        ("fix", "this are <b>very</b> importent<br/>", "This is <b>very</b> important<br/>", None),
        ("fix", "if a < b and c > d than stop", "If a < b and c > d, then stop.", None),
        ("fix", "hi 😀 how is you", "Hi 😀, how are you?", None),
        ("fix", "hi 😀 how is you", "Hi, how are you?", Some(Wording)),
        ("fix", "| jhon | 42 |", "| John | 42 |", None),
        ("fix", "| jhon smith | 42 |", "John Smith 42", Some(Wording)),
    ]);
}

#[test]
fn a_wish_to_be_told_may_become_the_question_itself() {
    let wish = "Could you tell me, if it is not too much trouble, how many moons the planet Jupiter has?";
    assert_verdicts(&[
        ("rewrite", wish, "How many moons does Jupiter have?", None),
        ("rewrite", wish, "Jupiter has 95 moons.", Some(Doubt::TooShort)),
        (
            "rewrite",
            "Write me one question about the moons of Jupiter.",
            "How many moons does Jupiter have?",
            Some(Doubt::Order),
        ),
        ("rewrite", "The server is down from 02:30 to 04:15.", "The server will be down from 2:30 to 4:15 am.", None),
        ("rewrite", "Call 0171 for help.", "Please call 171 for help.", Some(Doubt::Numbers)),
    ]);
}

#[test]
fn a_no_stays_a_no() {
    assert_verdicts(&[
        ("fix", "i do not want too come to the party", "I want to come to the party.", Some(Doubt::Wording)),
        ("fix", "he is coming to teh party tonight", "He is not coming to the party tonight.", Some(Doubt::Wording)),
        ("fix", "he dont want to come", "He doesn't want to come.", None),
        ("fix", "he dosnt want to come", "He doesn't want to come.", None),
        ("fix", "i can nto come today", "I can not come today.", None),
        ("fix", "i dont know nothing about it", "I don't know anything about it.", None),
        ("fix", "je sais pas ou il est", "Je ne sais pas où il est.", None),
        ("fix", "ich hab keine zeit", "Ich habe Zeit.", Some(Doubt::Wording)),
        ("fix", "the knot is to tight", "The knot is too tight.", None),
    ]);
}
