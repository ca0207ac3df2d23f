//! A connection after `dev.hob.Speech.Stream`: raw samples in, events out, until the result.

use std::ops::RangeInclusive;

use hob_protocol::codec::{self, Decoder};
use hob_protocol::speech::{Stream, StreamEvent};
use hob_protocol::{Error, Request};
use interprocess::local_socket::tokio::Stream as Socket;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::connection::part;
use super::hangup::hung_up;
use super::samples::SampleReader;
use crate::core::Event;
use crate::pcm::Resampler;
use crate::requests::{Answer, Requests, ending};

/// The rates of the interface description, in samples per second: telephone to studio.
const RATES: RangeInclusive<u32> = 8_000..=192_000;

/// Whether samples can be taken at this rate.
pub fn check(stream: &Stream) -> Result<(), Error> {
    if RATES.contains(&stream.rate) { Ok(()) } else { Err(Error::InvalidParameter { parameter: "rate".to_owned() }) }
}

pub async fn serve(socket: &Socket, decoder: Decoder, stream: Stream, requests: &Requests) {
    let mut reader = SampleReader::new(stream.format);
    let Ok(resampler) = Resampler::new(stream.rate) else { return };
    let mut resampler = Some(resampler);
    let mut answers = requests.stream(Request::Stream(stream)).await;
    let id = answers.id();
    let mut chunk = vec![0; 16 * 1024];
    let early = decoder.into_rest();
    let mut fresh = Some(early);
    let (mut incoming, mut outgoing) = (socket, socket);
    loop {
        // Samples first: they are what the connection is for, and the loop slows us down when it cannot keep up.
        if let (Some(bytes), Some(resample)) = (fresh.take(), &mut resampler) {
            let mut samples = Vec::new();
            resample.push(&reader.read(&bytes), &mut samples);
            if !samples.is_empty() {
                requests.tell(Event::StreamAudio { id, samples: Some(samples) }).await;
            }
        }
        tokio::select! {
            count = incoming.read(&mut chunk), if resampler.is_some() => match count {
                // The end of the samples; the client now waits for the result.
                Ok(0) => {
                    let mut samples = Vec::new();
                    if let Some(resampler) = resampler.take() {
                        resampler.finish(&mut samples);
                    }
                    requests.tell(Event::StreamAudio { id, samples: Some(samples) }).await;
                    requests.tell(Event::StreamAudio { id, samples: None }).await;
                }
                Ok(count) => fresh = Some(chunk[..count].to_vec()),
                Err(_) => return,
            },
            () = hung_up(socket), if resampler.is_none() => return,
            answer = answers.next() => {
                let (event, last) = match answer {
                    Some(Answer::More(event)) => (event, false),
                    Some(Answer::Last(Ok(event))) => (event, true),
                    Some(Answer::Last(Err(error))) => (failed(&error), true),
                    None => (failed(&ending()), true),
                };
                if outgoing.write_all(&codec::encode(&event)).await.is_err() {
                    return;
                }
                if last {
                    return part(socket).await;
                }
            }
        }
    }
}

fn failed(error: &Error) -> Value {
    let event =
        StreamEvent { error: Some(error.to_wire().0), problem: Some(error.to_string()), ..StreamEvent::default() };
    serde_json::to_value(event).expect("events hold strings and finite numbers")
}
