//! Tables of recordings with what is said in them: cells between tabs or commas, or JSON, with the names that such tables commonly
//! give their columns. Pure.

use serde_json::{Map, Value};

/// A row, as far as the table tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) file: String,
    pub(super) id: Option<String>,
    pub(super) seconds: Option<f64>,
    pub(super) language: Option<String>,
    pub(super) category: Option<String>,
    pub(super) trust: Option<String>,
    /// `None` if the table has no texts.
    pub(super) transcript: Option<String>,
}

/// The line, counted from 1, and what is wrong with it.
pub(super) type Problem = (usize, String);

const FILE: &[&str] = &[
    "wav",
    "path",
    "file",
    "file_name",
    "filename",
    "audio",
    "audio_filepath",
    "audio_path",
    "audio_file",
    "audio_filename",
    "wav_filename",
    "wav_path",
    "wav_file",
    "recording",
    "sound",
];
const TRANSCRIPT: &[&str] = &[
    "transcript",
    "text",
    "sentence",
    "transcription",
    "reference",
    "normalized_text",
    "normalized_transcription",
    "raw_text",
    "raw_transcription",
    "words",
];
const ID: &[&str] = &["id", "utterance_id", "utt_id", "segment_id", "name"];
const SECONDS: &[&str] = &["seconds", "duration", "duration_s", "length_s", "length"];
const LANGUAGE: &[&str] = &["language", "lang", "locale", "language_code"];
const CATEGORY: &[&str] = &["category"];
const TRUST: &[&str] = &["trust"];
const ORIGINAL: &[&str] = &["original"];

/// How the cells of a line are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// By tabs, without quotes.
    Tabs,
    /// By commas, semicolons or the like, with quotes around what holds one.
    Commas,
    /// An object a line, or a list of objects.
    Json,
}

impl Form {
    /// Of a file with this extension, in small letters.
    pub(super) fn of(extension: &str) -> Option<Self> {
        match extension {
            "tsv" => Some(Self::Tabs),
            "csv" => Some(Self::Commas),
            "json" | "jsonl" | "ndjson" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Whether it is a table of recordings at all, with or without texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// What is wrong with it is told.
    Certainly,
    /// Without names of columns for files and for texts it is something else: an error at line 1 says so.
    Perhaps,
}

pub(super) fn parse(text: &str, form: Form, expected: Expected) -> Result<Vec<Row>, Problem> {
    let records = match form {
        Form::Tabs => {
            lines(text).map(|(number, line)| (number, line.split('\t').map(str::to_owned).collect())).collect()
        }
        Form::Commas => records(text),
        Form::Json => return objects(text, expected),
    };
    let mut records = records.into_iter();
    let (_, header): (usize, Vec<String>) = records.next().ok_or((1, "it is empty".to_owned()))?;
    let header: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
    let has = |names: &[&str]| names.iter().any(|name| header.iter().any(|column| column == name));
    if !has(FILE) || (expected == Expected::Perhaps && !has(TRANSCRIPT)) {
        return Err((1, "there is no column wav, path or file".to_owned()));
    }
    let mut rows = Vec::new();
    for (number, cells) in records {
        if cells.len() != header.len() {
            return Err((number, format!("{} columns where the first line has {}", cells.len(), header.len())));
        }
        // The first name of the list that is there, since a table may have both a path and a name.
        let cell = |names: &[&str]| {
            let place = names.iter().find_map(|name| header.iter().position(|column| column == name));
            place.map(|place| cells[place].as_str())
        };
        rows.push(row(number, &cell)?);
    }
    Ok(rows)
}

fn row<'a>(line: usize, cell: &dyn Fn(&[&str]) -> Option<&'a str>) -> Result<Row, Problem> {
    let told = |names: &[&str]| cell(names).map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned);
    let seconds = told(SECONDS).map(|seconds| {
        let number = seconds.parse().ok().filter(|number| (0.0..1e6).contains(number));
        number.ok_or_else(|| (line, format!("`{seconds}` is no number of seconds")))
    });
    let category = told(CATEGORY);
    // A recording in another format is to be read from its own file.
    let original = told(ORIGINAL).filter(|_| category.as_deref() == Some("format"));
    let file = original.or_else(|| told(FILE)).ok_or_else(|| (line, "wav is empty".to_owned()))?;
    if cell(ID).is_some() && told(ID).is_none() {
        return Err((line, "id is empty".to_owned()));
    }
    let mut language = told(LANGUAGE);
    if let Some(language) = &mut language {
        *language = code(language);
    }
    Ok(Row {
        line,
        file,
        id: told(ID),
        seconds: seconds.transpose()?,
        language,
        category,
        trust: cell(TRUST).map(|trust| trust.trim().to_owned()),
        transcript: cell(TRANSCRIPT).map(|text| text.trim().to_owned()),
    })
}

/// The short code of a language, of what tables say in its place: "en-US", "eng", "English".
pub(super) fn code(language: &str) -> String {
    const NAMES: [(&str, &[&str]); 8] = [
        ("en", &["eng", "english"]),
        ("de", &["deu", "ger", "german", "deutsch"]),
        ("fr", &["fra", "fre", "french"]),
        ("es", &["spa", "spanish"]),
        ("it", &["ita", "italian"]),
        ("pt", &["por", "portuguese"]),
        ("nl", &["nld", "dut", "dutch"]),
        ("ru", &["rus", "russian"]),
    ];
    let small = language.to_lowercase();
    let first = small.split(['-', '_']).next().unwrap_or_default();
    let known = NAMES.iter().find(|(_, names)| names.contains(&first));
    known.map_or(first, |(code, _)| code).to_owned()
}

/// Lines that are not blank, counted from 1.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim_end_matches('\r')));
    lines.filter(|(_, line)| !line.trim().is_empty())
}

/// What stands between commas, or whatever the first line has most of. Quotes may hold commas, line ends, and quotes that are doubled.
fn records(text: &str) -> Vec<(usize, Vec<String>)> {
    let header = text.lines().next().unwrap_or_default();
    let count = |mark: &char| header.matches(*mark).count();
    let comma = [',', ';', '|', '\t'].into_iter().max_by_key(|mark| (count(mark), *mark == ',')).unwrap_or(',');
    let (mut records, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut begun, mut quoted) = (1, 1, false);
    let mut letters = text.chars().filter(|c| *c != '\r').chain(['\n']).peekable();
    while let Some(c) = letters.next() {
        line += usize::from(c == '\n');
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            // A quote that nobody closes ends with the text.
            '\n' if !quoted || letters.peek().is_none() => {
                cells.push(std::mem::take(&mut cell));
                let cells = std::mem::take(&mut cells);
                if cells.iter().any(|cell: &String| !cell.trim().is_empty()) {
                    records.push((begun, cells));
                }
                begun = line;
            }
            c if c == comma && !quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    records
}

fn objects(text: &str, expected: Expected) -> Result<Vec<Row>, Problem> {
    let objects: Vec<(usize, Map<String, Value>)> = match serde_json::from_str::<Vec<Map<_, _>>>(text) {
        Ok(list) => list.into_iter().enumerate().map(|(index, object)| (index + 1, object)).collect(),
        Err(_) => lines(text)
            .map(|(number, line)| {
                let object = serde_json::from_str(line).map_err(|_| (number, "it is no JSON object".to_owned()))?;
                Ok((number, object))
            })
            .collect::<Result<_, Problem>>()?,
    };
    if objects.is_empty() {
        return Err((1, "it is empty".to_owned()));
    }
    objects
        .into_iter()
        .map(|(number, object)| {
            let cells: Vec<(String, String)> =
                object.into_iter().filter_map(|(name, value)| Some((name.to_lowercase(), word(value)?))).collect();
            let cell = |names: &[&str]| {
                let found = names.iter().find_map(|name| cells.iter().find(|(column, _)| column == name));
                found.map(|(_, cell)| cell.as_str())
            };
            if cell(FILE).is_none() || (expected == Expected::Perhaps && cell(TRANSCRIPT).is_none()) {
                return Err((number, "there is no wav, path or file".to_owned()));
            }
            row(number, &cell)
        })
        .collect()
}

fn word(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: usize, file: &str, transcript: &str) -> Row {
        Row { line, file: file.into(), transcript: Some(transcript.into()), ..Row::default() }
    }

    fn certainly(text: &str, form: Form) -> Result<Vec<Row>, Problem> {
        parse(text, form, Expected::Certainly)
    }

    #[test]
    fn columns_are_found_by_the_names_that_such_tables_have() {
        for (form, text) in [
            (Form::Tabs, "client_id\tpath\tsentence\tlocale\nx\ta.mp3\tHello, \"you\"\ten-US\n\nx\tb.mp3\t\ten\n"),
            (
                Form::Commas,
                "\"Path\",\"Sentence\",\"Locale\"\r\na.mp3,\"Hello, \"\"you\"\"\",en_US\r\n\r\nb.mp3,,en\r\n",
            ),
            (Form::Commas, "path;sentence;locale\na.mp3;\"Hello, \"\"you\"\"\";English\n\nb.mp3;;eng"),
            (
                Form::Json,
                "{\"path\": \"a.mp3\", \"sentence\": \"Hello, \\\"you\\\"\", \"locale\": \"en\"}\n\n{\"path\": \"b.mp3\", \
                 \"sentence\": \"\", \"locale\": \"en\", \"speaker\": {\"age\": 30}}\n",
            ),
        ] {
            let language = Some("en".to_owned());
            let expected = [
                Row { language: language.clone(), ..row(0, "a.mp3", "Hello, \"you\"") },
                Row { language, ..row(0, "b.mp3", "") },
            ];
            let rows = certainly(text, form).unwrap();
            let rows: Vec<_> = rows.into_iter().map(|row| Row { line: 0, ..row }).collect();
            assert_eq!(rows, expected, "{text}");
        }
    }

    #[test]
    fn what_is_commonly_told_of_a_recording_is_taken() {
        let text = r#"[{"audio_filepath": "/data/a.wav", "duration": 3.25, "text": "hello"}, {"audio_filepath": "b.wav", "text": "x"}]"#;
        let rows = certainly(text, Form::Json).unwrap();
        assert_eq!(rows[0], Row { seconds: Some(3.25), ..row(1, "/data/a.wav", "hello") });
        assert_eq!(rows[1], row(2, "b.wav", "x"));
        let text = "id\tseconds\tlanguage\tcategory\ttrust\twav\toriginal\ttranscript\nc\t5\ten\tformat\tgold\tc.wav\tc.mp3\tc\n";
        let expected = Row {
            id: Some("c".into()),
            seconds: Some(5.0),
            language: Some("en".into()),
            category: Some("format".into()),
            trust: Some("gold".into()),
            ..row(2, "c.mp3", "c")
        };
        assert_eq!(certainly(text, Form::Tabs), Ok(vec![expected]));
    }

    #[test]
    fn quotes_may_hold_commas_and_line_ends() {
        let rows = certainly("file,text\na.wav,\"one,\ntwo\"\nb.wav,5\" nails\nc.wav,\"open\n", Form::Commas).unwrap();
        assert_eq!(rows, [row(2, "a.wav", "one,\ntwo"), row(4, "b.wav", "5\" nails"), row(5, "c.wav", "open")]);
    }

    #[test]
    fn a_wrong_line_is_named() {
        let fails = |text: &str, form, line: usize, problem: &str| {
            assert_eq!(certainly(text, form), Err((line, problem.to_owned())), "{text}");
        };
        fails("", Form::Tabs, 1, "it is empty");
        fails("", Form::Json, 1, "it is empty");
        fails("id\ttext\n", Form::Tabs, 1, "there is no column wav, path or file");
        fails("wav\ttext\na.wav\n", Form::Tabs, 2, "1 columns where the first line has 2");
        fails("wav\ttext\n\n\ttext\n", Form::Tabs, 3, "wav is empty");
        fails("id\twav\n \ta.wav\n", Form::Tabs, 2, "id is empty");
        fails("wav,seconds\na.wav,long\n", Form::Commas, 2, "`long` is no number of seconds");
        fails("wav,seconds\na.wav,-1\n", Form::Commas, 2, "`-1` is no number of seconds");
        fails("{\"wav\": \"a\"}\nhello\n", Form::Json, 2, "it is no JSON object");
        fails("{\"text\": \"a\"}\n", Form::Json, 1, "there is no wav, path or file");
        assert!(parse("path\tsize\na\t1\n", Form::Tabs, Expected::Perhaps).is_err(), "files, but no texts");
    }
}
