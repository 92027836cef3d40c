// Threads of Rust's library, one with a name and one without, are inside locks of libc's when main returns.
#![allow(unused_unsafe)] // an older compiler asks for it where a newer one does not
use std::ptr::addr_of_mut;
use std::sync::mpsc::{channel, Sender};
use std::thread;

/// glibc's pthread_mutex_t, whose PTHREAD_MUTEX_INITIALIZER is zero throughout.
#[repr(C, align(8))]
pub struct Mutex([u8; 40]);

pub static mut JOURNAL: Mutex = Mutex([0; 40]);
pub static mut LEDGER: Mutex = Mutex([0; 40]);

extern "C" {
    fn pthread_mutex_lock(mutex: *mut Mutex) -> i32;
}

fn append(mutex: *mut Mutex, inside: Sender<()>) {
    unsafe { pthread_mutex_lock(mutex) };
    inside.send(()).unwrap();
    loop {
        thread::park();
    }
}

fn main() {
    let (inside, ready) = channel();
    let other = inside.clone();
    let named = thread::Builder::new().name("writer".to_string());
    named.spawn(move || append(unsafe { addr_of_mut!(JOURNAL) }, inside)).unwrap();
    thread::spawn(move || append(unsafe { addr_of_mut!(LEDGER) }, other));
    ready.recv().unwrap();
    ready.recv().unwrap();
}
