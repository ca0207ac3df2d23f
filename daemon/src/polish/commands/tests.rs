//! Tables of what is said and what becomes of it, and of what only sounds like a command.

use super::{Commands, obey};

#[track_caller]
fn become_(language: &str, table: &[(&str, &str)]) {
    let wrong: Vec<_> = table
        .iter()
        .map(|(said, expected)| (said, expected, obey(said, language, Commands::On)))
        .filter(|(_, expected, text)| text != *expected)
        .map(|(said, expected, text)| format!("{said:?}\n  gives    {text:?}\n  and not  {expected:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[track_caller]
fn stay(language: &str, sentences: &[&str]) {
    become_(language, &sentences.iter().map(|text| (*text, *text)).collect::<Vec<_>>());
}

#[test]
fn marks_as_a_recogniser_writes_them() {
    become_(
        "en",
        &[
            ("Hello comma how are you question mark", "Hello, how are you?"),
            ("Hello, comma, how are you? Question mark.", "Hello, how are you?"),
            ("Hello. Comma. How are you? Question mark.", "Hello, how are you?"),
            ("hello comma world", "hello, world"),
            ("I went home period Then I slept period", "I went home. Then I slept."),
            ("I went home, period. Then I slept.", "I went home. Then I slept."),
            ("I went home. Period. then I slept, full stop.", "I went home. Then I slept."),
            ("I saw the dog period", "I saw the dog."),
            ("I saw the dog. Period.", "I saw the dog."),
            ("Watch out exclamation mark", "Watch out!"),
            ("Watch out! Exclamation point. Really", "Watch out! Really"),
            ("What question mark exclamation mark", "What?!"),
            ("You need colon milk comma eggs semicolon nothing else", "You need: milk, eggs; nothing else"),
            ("Semi-colon is a word", "Semi-colon is a word"),
            ("Well ellipsis I don't know", "Well… I don't know"),
            ("Well, dot dot dot, maybe", "Well… maybe"),
            ("Period.", "."),
            ("Comma.", ","),
            ("We saw e.g. comma cats", "We saw e.g., cats"),
            ("Hello, comma, Peter", "Hello, Peter"),
            ("Hello. Comma. Peter is here.", "Hello, Peter is here."),
            ("Hello. Comma. I am here.", "Hello, I am here."),
        ],
    );
}

#[test]
fn quotes_and_brackets() {
    become_(
        "en",
        &[
            ("He said open quote I am here close quote", "He said \"I am here\""),
            ("He said, open quote, I am here, close quote.", "He said, \"I am here\"."),
            ("He said, open quote. I am here. Close quote. Then he left.", "He said, \"I am here.\" Then he left."),
            ("see the notes open paren page two close paren period", "see the notes (page two)."),
            ("the list open bracket zero close bracket is empty", "the list [zero] is empty"),
            ("open brace x close brace", "{x}"),
            ("He said quote hello unquote", "He said \"hello\""),
            ("He said, quote, I am here, unquote, and left.", "He said, \"I am here\" and left."),
            ("the sign said quote no entry end quote", "the sign said \"no entry\""),
            ("He said open quote stop close quote period", "He said \"stop\"."),
            ("He said, open quote, stop. Close quote. Period.", "He said, \"stop.\""),
        ],
    );
}

#[test]
fn signs() {
    become_(
        "en",
        &[
            ("well hyphen known", "well-known"),
            ("Well, hyphen, known.", "Well-known."),
            ("and slash or", "and/or"),
            ("state hyphen of hyphen the hyphen art", "state-of-the-art"),
            ("ada at sign example.com", "ada@example.com"),
            ("We waited, dash, and waited.", "We waited – and waited."),
            ("We waited em dash and waited", "We waited — and waited"),
            ("snake underscore case", "snake_case"),
            ("C colon backslash temp", "C:\\temp"),
            ("hash sign rust", "#rust"),
            ("that is fifty percent sign.", "that is fifty%."),
            ("salt ampersand pepper", "salt & pepper"),
            ("water, no space, proof", "waterproof"),
        ],
    );
}

#[test]
fn breaks() {
    become_(
        "en",
        &[
            ("Buy milk new line buy eggs", "Buy milk\nBuy eggs"),
            ("Buy milk. New line. Buy eggs. New line.", "Buy milk.\nBuy eggs.\n"),
            ("Buy milk, new line, buy eggs", "Buy milk\nBuy eggs"),
            ("Dear John, new line, how are you", "Dear John,\nHow are you"),
            ("Dear John comma new line thank you", "Dear John,\nThank you"),
            ("One. New paragraph. Two.", "One.\n\nTwo."),
            ("New paragraph.", "\n\n"),
            ("name tab key value", "name\tValue"),
            ("end period new paragraph next thing", "end.\n\nNext thing"),
            ("new line new line hello", "\n\nHello"),
        ],
    );
}

#[test]
fn letters() {
    become_(
        "en",
        &[
            ("this is all caps very important end caps indeed", "this is VERY IMPORTANT indeed"),
            ("this is important all caps now please", "this is important NOW please"),
            ("All caps, warning, end caps, hot surface.", "WARNING, hot surface."),
            ("we met, cap red hat", "we met Red hat"),
            ("all caps on fire all caps off now", "FIRE now"),
            ("Caps on hello caps off.", "HELLO."),
            ("caps on hello caps off", "HELLO"),
            ("Caps on, hello there, caps off, and go on.", "HELLO THERE, and go on."),
            ("we say caps on hello world caps off and go on", "we say HELLO WORLD and go on"),
            ("Caps lock on, stop, caps lock off.", "STOP."),
            ("caps on one caps off then caps on three caps off four", "ONE then THREE four"),
        ],
    );
}

#[test]
fn corrections() {
    become_(
        "en",
        &[
            ("I like cats. I like dogs, scratch that. I like birds.", "I like cats. I like birds."),
            ("I like cats. I like dogs. Scratch that. I like birds.", "I like cats. I like birds."),
            ("I like dogs scratch that birds are better", "Birds are better"),
            ("all of this scratch that", ""),
            ("scratch that", ""),
            ("One. Two. Scratch that. Scratch that. Three.", "Three."),
            ("one new line two scratch that three", "one\nThree"),
            ("one new line scratch that two", "one Two"),
            ("I met Mr. Smith scratch that", ""),
            ("I like green apples delete last word pears", "I like green pears"),
            ("I like green apples. Delete last word. Pears.", "I like green pears."),
            ("I like very green apples, delete the last two words, red pears.", "I like very red pears."),
            ("one two three delete last 2 words four", "one four"),
            ("delete last word", ""),
            ("Send it today. Strike that. Send it tomorrow.", "Send it tomorrow."),
            ("I like cats. I like dogs. Erase that. I like birds.", "I like cats. I like birds."),
            ("I like cats. I like dogs. Delete previous sentence. I like birds.", "I like cats. I like birds."),
            ("I like green apples scratch last word pears", "I like green pears"),
            ("One two three, scratch the last two words, four.", "One four."),
        ],
    );
}

#[test]
fn plain_words_stay() {
    stay(
        "en",
        &[
            "a long period of time",
            "It was a long period.",
            "We offer a trial period.",
            "During that period, we grew.",
            "The period was long.",
            "Period pieces are great.",
            "the comma is missing",
            "The comma, I think, is missing.",
            "I forgot a comma.",
            "Use the Oxford comma.",
            "This comma is wrong.",
            "Comma separated values are simple.",
            "a new line of products",
            "We opened a new line.",
            "Our new line manager starts today.",
            "I need new line managers here",
            "a question mark over the plan",
            "It came to a full stop.",
            "He has colon cancer.",
            "We screen for colon cancer.",
            "a dash of salt",
            "I had to dash to the store.",
            "They slash prices every year.",
            "We want to slash costs.",
            "I want to underscore the point.",
            "scratch that itch",
            "Please don't scratch that.",
            "You can scratch that off the list.",
            "Delete the last word from the file.",
            "Please delete that file.",
            "The capital of France is Paris.",
            "Capital punishment is wrong.",
            "They set a salary cap last year.",
            "Put a cap on it.",
            "It was written in all caps.",
            "There is no space left.",
            "Press the tab key to go on.",
            "the word comma has five letters",
            "He wrote \"comma\" on the board.",
            "An open bracket is missing.",
            "Add a new paragraph here.",
            "Start the new paragraph with a name.",
            "The question, mark my words, is open.",
            "two commas and three periods",
            "Fix the double newline in it.",
            "Cap to the number of frames.",
            "Give me a quote for the roof.",
            "I quote him, and he quotes me.",
            "the so called, quote unquote, expert",
            "she said unquote at the end",
            "They keep their caps on in the sun.",
            "He took caps off bottles.",
            "We hung baseball caps on the wall and took hats off.",
            "I want to undo that change.",
            "You should delete the previous word in the list.",
        ],
    );
}

#[test]
fn german() {
    become_(
        "de",
        &[
            ("Hallo Komma wie geht es dir Fragezeichen", "Hallo, wie geht es dir?"),
            ("Hallo, Komma, wie geht es dir? Fragezeichen.", "Hallo, wie geht es dir?"),
            ("Wir gehen Punkt Dann essen wir Punkt", "Wir gehen. Dann essen wir."),
            ("Lieber Karl, neue Zeile, wie geht's", "Lieber Karl,\nWie geht's"),
            ("er sagte Doppelpunkt Anführungszeichen auf Ja Anführungszeichen zu", "er sagte: „Ja“"),
            ("siehe Klammer auf Seite zwei Klammer zu", "siehe (Seite zwei)"),
            ("Das war gut. Das war schlecht. Streich das.", "Das war gut."),
            ("ein rotes Auto letztes Wort löschen Rad", "ein rotes Rad"),
            ("Alles groß Achtung heiß alles groß Ende nicht berühren", "ACHTUNG HEISS nicht berühren"),
            ("Das ist Großbuchstaben an sehr wichtig Großbuchstaben aus heute", "Das ist SEHR WICHTIG heute"),
            ("Achtung, alles groß, heiß", "Achtung HEISS"),
            ("Halt Ausrufungszeichen", "Halt!"),
            ("Das war gut. Das war schlecht. Lösche den letzten Satz. Weiter.", "Das war gut. Weiter."),
        ],
    );
    stay(
        "de",
        &[
            "Das Komma fehlt.",
            "Auf den Punkt gebracht.",
            "Wir treffen uns Punkt acht.",
            "Ein wichtiger Punkt.",
            "Er hat keinen Punkt gemacht.",
            "Drei Komma fünf Prozent.",
            "Das kostet 3 Komma 5 Euro.",
            "Eine neue Zeile beginnt.",
            "Period comma new line",
            "Wir schreiben alles groß und deutlich.",
            "Großbuchstaben sind besser lesbar.",
            "Das Kind ist klein und müde.",
        ],
    );
}

#[test]
fn french() {
    become_(
        "fr",
        &[
            ("Bonjour virgule comment ça va point d'interrogation", "Bonjour, comment ça va ?"),
            ("Bonjour, virgule, comment ça va ? Point d'interrogation.", "Bonjour, comment ça va ?"),
            ("Il est parti. Point. À la ligne. Puis il est revenu.", "Il est parti.\nPuis il est revenu."),
            ("il dit ouvrez les guillemets oui fermez les guillemets", "il dit « oui »"),
            ("Il dit, ouvre guillemets, oui, ferme guillemets.", "Il dit, « oui »."),
            ("voir parenthèse ouvrante page deux parenthèse fermante", "voir (page deux)"),
            ("Il est parti point à la ligne puis il est revenu", "Il est parti.\nPuis il est revenu"),
            ("Attendez trois petits points", "Attendez…"),
            ("Attention, tout en majuscules, danger", "Attention DANGER"),
            ("Majuscules danger de mort fin des majuscules ne pas entrer", "DANGER DE MORT ne pas entrer"),
            ("Activez les majuscules, danger, désactivez les majuscules, merci.", "DANGER, merci."),
            ("Je pars. Je reste. Efface la dernière phrase. Merci.", "Je pars. Merci."),
        ],
    );
    stay(
        "fr",
        &[
            "Il fait 3 virgule 5 degrés.",
            "Quel est le point de départ ?",
            "Il a marqué deux points.",
            "Il va à la ligne.",
            "La virgule manque.",
            "Le titre est écrit tout en majuscules.",
            "Il faut une majuscule au début.",
            "Les majuscules sont accentuées.",
            "Un détail minuscule et sans importance.",
        ],
    );
}

#[test]
fn spanish() {
    become_(
        "es",
        &[
            ("Hola coma abrir interrogación cómo estás cerrar interrogación", "Hola, ¿cómo estás?"),
            ("Se acabó punto y aparte mañana seguimos", "Se acabó.\n\nMañana seguimos"),
            ("Se fue. Punto. Nueva línea. Volvió.", "Se fue.\nVolvió."),
            ("Cuidado, todo en mayúsculas, peligro", "Cuidado PELIGRO"),
            ("Mayúsculas peligro de muerte fin de mayúsculas no pasar", "PELIGRO DE MUERTE no pasar"),
            ("Activar mayúsculas, peligro, desactivar mayúsculas, gracias.", "PELIGRO, gracias."),
            ("abrir admiración qué bien cerrar admiración", "¡qué bien!"),
            ("Me voy. Me quedo. Borra la última frase. Gracias.", "Me voy. Gracias."),
        ],
    );
    stay(
        "es",
        &[
            "El paciente está en coma.",
            "Hasta cierto punto.",
            "Quiero que coma algo.",
            "Marcó dos puntos.",
            "Un punto importante.",
            "El título está todo en mayúsculas.",
            "Se escribe con mayúscula.",
            "Las mayúsculas llevan tilde.",
        ],
    );
}

#[test]
fn other_languages_are_left_alone() {
    stay("nl", &["new line comma period", "hello comma world"]);
    assert_eq!(obey("hello comma world", "", Commands::On), "hello comma world");
}

#[test]
fn the_choice_of_the_user_counts() {
    assert_eq!(obey("hello comma world", "en", Commands::Off), "hello comma world");
    assert_eq!(obey("a long period of time", "en", Commands::All), "a long. Of time");
}

#[test]
fn text_without_commands_is_the_same_to_the_byte() {
    let text = "  Two  blanks,\n a  comma there \t";
    assert_eq!(obey("  Two  blanks,\n the comma \t", "en", Commands::On), "  Two  blanks,\n the comma \t");
    assert!(matches!(obey(text, "en", Commands::On), std::borrow::Cow::Borrowed(_)));
}
