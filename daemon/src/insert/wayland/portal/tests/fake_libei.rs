//! A libei server behind the portal, which tells the test what was typed.

use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::SyncSender;

use reis::eis;
use reis::eis::device::DeviceType;
use reis::handshake::EisHandshaker;
use reis::request::{DeviceCapability, EisRequest, EisRequestConverter};
use rustix::event::{PollFd, PollFlags, poll};

use super::{Kind, layout};

/// One client of libei, until it hangs up. Tells each text, and each key as `+30` and `-30`.
pub(super) fn play_libei(stream: UnixStream, kind: Kind, tell: &SyncSender<String>) {
    let context = eis::Context::new(stream).unwrap();
    let mut handshake = EisHandshaker::new(&context, 1);
    let mut converter: Option<EisRequestConverter> = None;
    loop {
        while let Some(result) = context.pending_request() {
            let reis::PendingRequestResult::Request(request) = result else { panic!("an odd request") };
            match &mut converter {
                None => {
                    if let Some(answer) = handshake.handle_request(request).unwrap() {
                        let fresh = EisRequestConverter::new(&context, answer, 1);
                        let _seat =
                            fresh.handle().add_seat(Some("seat"), DeviceCapability::Keyboard | DeviceCapability::Text);
                        converter = Some(fresh);
                    }
                }
                Some(converter) => converter.handle_request(request).unwrap(),
            }
            while let Some(request) = converter.as_mut().and_then(EisRequestConverter::next_request) {
                perform(request, kind, tell);
            }
        }
        let _ = context.flush();
        poll(&mut [PollFd::new(&context, PollFlags::IN)], None).unwrap();
        if context.read().is_err() {
            return;
        }
    }
}

fn perform(request: EisRequest, kind: Kind, tell: &SyncSender<String>) {
    match request {
        EisRequest::Bind(bind) => {
            let wanted = if kind == Kind::Text { DeviceCapability::Text } else { DeviceCapability::Keyboard };
            assert!(bind.capabilities.contains(wanted));
            let device = bind.seat.add_device(Some("device"), DeviceType::Virtual, wanted.into(), |device| {
                if let Some(keyboard) = device.interface::<eis::Keyboard>() {
                    let mut file = tempfile::tempfile().unwrap();
                    file.write_all(layout::GERMAN.as_bytes()).unwrap();
                    keyboard.keymap(eis::keyboard::KeymapType::Xkb, layout::GERMAN.len() as u32, file.as_fd());
                }
            });
            device.resumed();
        }
        EisRequest::KeyboardKey(key) => {
            let sign = if key.state == eis::keyboard::KeyState::Press { '+' } else { '-' };
            let _the_test_is_over = tell.send(format!("{sign}{}", key.key));
        }
        EisRequest::TextUtf8(text) => {
            let _the_test_is_over = tell.send(text.text);
        }
        _ => {}
    }
}
