//! The sandbox as a command: start, say so line by line, wait to be told to stop.

use std::time::Instant;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::error::SandboxError;
use super::start::{Progress, start_telling};
use super::{Options, Running};

/// Runs until SIGINT or SIGTERM, which are heeded during the start as well.
pub async fn run_until_stopped(options: Options) -> Result<(), SandboxError> {
    let begun = Instant::now();
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    let (sender, receiver) = unbounded_channel();
    let printing = tokio::spawn(print(receiver));
    let running = tokio::select! {
        started = start_telling(options, Some(sender)) => started?,
        _ = interrupt.recv() => return Ok(()),
        _ = terminate.recv() => return Ok(()),
    };
    // All that has been told is printed before the last line.
    let _ = printing.await;
    announce(&running, begun);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    println!("stopping");
    running.stop().await;
    Ok(())
}

async fn print(mut progress: UnboundedReceiver<Progress>) {
    while let Some(Progress { engine, text, took }) = progress.recv().await {
        println!("{engine:<11} {text} ({:.1} s)", took.as_secs_f64());
    }
}

fn announce(running: &Running, begun: Instant) {
    let file = running.targets_file().display();
    println!("ready       {file} ({:.1} s)", begun.elapsed().as_secs_f64());
}

fn listen(kind: SignalKind) -> Result<Signal, SandboxError> {
    signal(kind).map_err(|error| SandboxError::Program {
        program: "the listener for signals".into(),
        reason: error.to_string(),
    })
}
