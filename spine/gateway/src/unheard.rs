//! A task that wakes itself for nothing while it reads the body of a request.
//!
//! Body and connection are two ends of a channel in one task. Whoever takes a piece of the body wakes the end that reads from the network, also
//! where that one is gone because the body is complete: hyper does so with every request. The runtime puts a task that was woken while it ran at the end
//! of its line and tells another thread that there is work, which finds none or takes the connection away to another processor. So what a body
//! says while it is read is only passed on where it is not complete.

use std::{
    cell::Cell,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
};

/// What this thread reads.
#[derive(Clone, Copy)]
struct Reading {
    /// The task whose body it is, by the data of its waker.
    task: *const (),
    /// It was woken since it began to read.
    is_woken: bool,
}

thread_local! {
    static READING: Cell<Option<Reading>> = const { Cell::new(None) };
}

/// A task in which bodies are read with [`read`].
pub(crate) struct Unheard<F> {
    future: Pin<Box<F>>,
    /// The task's waker, and what stands before it.
    wakers: Option<(Waker, Waker)>,
}

impl<F: Future> Unheard<F> {
    pub(crate) fn new(future: F) -> Self {
        Self { future: Box::pin(future), wakers: None }
    }
}

impl<F: Future> Future for Unheard<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Self { future, wakers } = self.get_mut();
        let task = context.waker();
        let (_, before) = match wakers.take().filter(|(known, _)| known.will_wake(task)) {
            Some(known) => wakers.insert(known),
            None => wakers.insert((task.clone(), Waker::from(Arc::new(Before { task: task.clone() })))),
        };
        future.as_mut().poll(&mut Context::from_waker(before))
    }
}

/// What stands before the waker of a task.
struct Before {
    task: Waker,
}

impl Wake for Before {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        match READING.get() {
            Some(Reading { task, .. }) if task == Arc::as_ptr(self).cast() => {
                READING.set(Some(Reading { task, is_woken: true }));
            }
            // Another task is always told.
            _ => self.task.wake_by_ref(),
        }
    }
}

/// Reads a body to its end: what wakes its own task meanwhile is passed on where more is to come, and where it is not read to its end.
pub(crate) async fn read<T, E>(body: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let mut body = std::pin::pin!(body);
    std::future::poll_fn(move |context| {
        let (polled, woken) = {
            let _ended = Ended::after_reading(context.waker());
            let polled = body.as_mut().poll(context);
            (polled, READING.get().is_some_and(|reading| reading.is_woken))
        };
        if woken && !matches!(polled, Poll::Ready(Ok(_))) {
            context.waker().wake_by_ref();
        }
        polled
    })
    .await
}

/// While it is there, this thread reads; also where reading panics it ends.
struct Ended;

impl Ended {
    fn after_reading(task: &Waker) -> Self {
        READING.set(Some(Reading { task: task.data(), is_woken: false }));
        Self
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        READING.set(None);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::poll_fn,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    /// Counts how often a task was woken.
    #[derive(Default)]
    struct Counted(AtomicUsize);

    impl Wake for Counted {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_task_hears_of_a_body_that_is_not_complete_and_of_everything_else() {
        let (complete, broken, to_come) = (Poll::Ready(Ok(())), Poll::Ready(Err(())), Poll::Pending);
        for (wakes_itself, found, else_too, heard) in [
            (true, complete, false, 0),
            (true, broken, false, 1),
            (true, to_come, false, 1),
            (false, to_come, false, 0),
            (true, complete, true, 1),
            (false, complete, true, 1),
        ] {
            let counted = Arc::new(Counted::default());
            let waker = Waker::from(Arc::clone(&counted));
            let mut task = Box::pin(Unheard::new(async move {
                let body = poll_fn(move |context| {
                    if wakes_itself {
                        context.waker().wake_by_ref();
                    }
                    found
                });
                let _ = read(body).await;
                poll_fn(move |context| {
                    if else_too {
                        context.waker().wake_by_ref();
                    }
                    Poll::<()>::Pending
                })
                .await;
            }));
            assert!(task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
            let case = (wakes_itself, found, else_too);
            assert_eq!(counted.0.load(Ordering::Relaxed), heard, "{case:?}");
        }
    }

    #[test]
    fn another_task_hears_of_everything_while_a_body_is_read() {
        let counted = Arc::new(Counted::default());
        let other = Waker::from(Arc::new(Before { task: Waker::from(Arc::clone(&counted)) }));
        let mut task = Box::pin(Unheard::new(read(poll_fn(move |_| {
            other.wake_by_ref();
            Poll::Ready(Ok::<(), ()>(()))
        }))));
        assert!(task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
        assert_eq!(counted.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn another_task_is_woken_in_its_stead_from_then_on() {
        let kept = Arc::new(std::sync::Mutex::new(None));
        let keeps = Arc::clone(&kept);
        let mut task = Box::pin(Unheard::new(poll_fn(move |context| {
            *keeps.lock().unwrap() = Some(context.waker().clone());
            Poll::<()>::Pending
        })));
        let (first, second) = (Arc::new(Counted::default()), Arc::new(Counted::default()));
        for (counted, woken) in [(&first, 1), (&first, 2), (&second, 1)] {
            let waker = Waker::from(Arc::clone(counted));
            assert!(task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
            kept.lock().unwrap().take().unwrap().wake();
            assert_eq!(counted.0.load(Ordering::Relaxed), woken);
        }
    }
}
