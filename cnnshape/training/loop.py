"""The training loop, from the first step to the last."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import asdict, dataclass, replace
from math import isfinite
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from .averaging import MovingAverage
from .batches import Batch, Samples
from .checkpoint import Checkpoint, Position, under, write_checkpoint
from .classifier import Classifier
from .data.augmentation import Augmentation
from .distributed import Group
from .evaluation import Evaluation, evaluation_batches, measure
from .events import EpochDone, Event, Looked
from .faults import Interrupted, TrainingError
from .interruption import interrupts_noted
from .optimizer import Optimizer
from .recipe import PEAK_LR, Recipe
from .schedule import one_cycle
from .seeds import derived_seed, epoch_order, seed_draws
from .tally import Tally

if TYPE_CHECKING:
    from ..torch_backend.network_module import NetworkModule

LOOK_SECONDS = 0.1
"""How often a process that is alone looks at its losses: a look waits for the device."""
LOOK_STEPS = 10
"""How often processes that work together look: all after the same step."""
SAVE_SECONDS = 5.0
"""How often the state is saved, within an epoch and at its end ..."""
SAVE_SHARE = 0.05
"""... but never so often that saving takes a larger share of the time than this."""


@dataclass(frozen=True)
class Job:
    """Everything that a training run works with.

    Attributes:
        recipe: settled.
        seed: of every draw.
        network: the module whose weights are trained.
        classifier: the same module as it is run in training, perhaps compiled or distributed.
        average: the moving average of its weights, which then is what is evaluated; or None.
        optimizer: of its weights.
        augmentation: what is done to training images; None: nothing.
        train, test: the samples.
        group: the processes of the run.
        checkpoint: the file in which its state is kept.
        plan: what the run does, as plain data for the checkpoint.
    """

    recipe: Recipe
    seed: int
    network: NetworkModule
    classifier: Classifier
    average: MovingAverage | None
    optimizer: Optimizer
    augmentation: Augmentation | None
    train: Samples
    test: Samples
    group: Group
    checkpoint: Path
    plan: dict[str, Any]

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return steps_of_epoch(len(self.train), self.recipe.batch, self.group.size)

    def images_after(self, steps: int) -> int:
        """Images that so many steps of an epoch have taken."""
        least, more = divmod(len(self.train), self.steps)
        return least * steps + min(more, steps)

    @property
    def answering(self) -> Classifier:
        """The classifier that the run gives in the end."""
        module = self.network if self.average is None else self.average.module
        return replace(self.classifier, module=module)


def steps_of_epoch(samples: int, batch: int, processes: int) -> int:
    """The steps of a pass over all samples, in batches as alike as can be.

    No batch has more samples than it should, but where a process would be left with one alone,
    or with none: a norm over one sample has nothing to compare it with.
    """
    steps = -(-samples // batch)
    enough = samples // steps >= processes * min(2, batch // processes)
    return steps if enough else samples // batch


def train(job: Job, position: Position, tally: Tally) -> Generator[Event, None, None]:
    """Train from a position to the end of the last epoch; yields what there is to tell.

    `position` is moved on, and `tally` counts, in place.

    Raises:
        TrainingError: a loss is no number, or the state cannot be saved.
        Interrupted: Ctrl-C was pressed or a SIGTERM came; the state is saved.
    """
    recipe, group, steps = job.recipe, job.group, job.steps
    assert recipe.epochs is not None, "a settled recipe has epochs"
    keeper = _Keeper(job, position, tally)
    keeper.save()
    pace = _Pace(recipe.epochs * steps, position.epoch * steps + position.step)
    with interrupts_noted() as interruption:
        while position.epoch < recipe.epochs:
            epoch, first = position.epoch, position.step
            numbers = epoch_order(job.seed, epoch, len(job.train))
            order = [group.share(batch) for batch in torch.tensor_split(numbers, steps)[first:]]
            job.classifier.module.train()
            pace.start()
            for step, batch in enumerate(job.train.batches(order), first):
                place = epoch * steps + step
                _take_step(job, tally, batch, step, place, one_cycle(place, pace.total, recipe))
                if step + 1 < steps and not pace.look_is_due(step, group):
                    continue
                since = tally.gathered
                stop = tally.gather(step + 1, interruption.asked, group)
                _check_losses(job, tally, since, epoch)
                position.step = step + 1
                position.epoch_seconds += pace.lap()
                yield _looked(job, position, tally, pace)
                stop = stop or (interruption.asked and group.alone)
                if stop or keeper.is_due():
                    keeper.save()
                if stop:
                    group.wait()  # for the one that saves
                    raise Interrupted(interruption.signal)
                pace.start()
            # Norms have counted in each process's own part; the run gives the leading one's.
            group.agree(job.answering.module.buffers())
            evaluation = measure(
                job.answering, evaluation_batches(job.test, 2 * recipe.batch, group), group
            )
            _check_test_loss(job, evaluation, epoch)
            done = _epoch_done(job, position, tally, evaluation)
            position.history.append(asdict(done))
            position.confusion = [list(row) for row in evaluation.confusion]
            position.epoch, position.step, position.epoch_seconds = epoch + 1, 0, 0.0
            tally.reset()
            if interruption.asked or position.epoch == recipe.epochs or keeper.is_affordable():
                keeper.save()
            yield done
            if interruption.asked and group.alone and position.epoch < recipe.epochs:
                raise Interrupted(interruption.signal)


def _take_step(job: Job, tally: Tally, batch: Batch, step: int, place: int, lr: float) -> None:
    """Learn from one batch. `step` counts in the epoch, `place` over the run."""
    # What this step draws, for dropout as well, depends on nothing that came before it.
    seed = derived_seed(job.seed, "step", place, job.group.rank)
    seed_draws(seed, job.classifier.device)
    images = job.classifier.normalised(_augmented(job, batch.pixels, seed))
    job.optimizer.clear()
    with job.classifier.arithmetic():
        output: Tensor = job.classifier.module(images)
    objective = job.classifier.objective
    loss = objective.loss(output, batch.labels)
    if not job.group.alone:
        loss = loss * _weight(job, step, len(batch.labels))
    loss.backward()  # type: ignore[no-untyped-call]
    job.optimizer.step(lr)
    if job.average is not None:
        job.average.update(place)
    tally.add(step, loss, objective.logits(output.detach()).argmax(1), batch.labels)


def _weight(job: Job, step: int, own: int) -> float:
    """What the mean loss of this process's part counts for in the mean over all processes."""
    images = job.images_after(step + 1) - job.images_after(step)
    return own * job.group.size / images


def _augmented(job: Job, pixels: Tensor, seed: int) -> Tensor:
    if job.augmentation is None:
        return pixels
    return job.augmentation.apply(pixels, torch.Generator().manual_seed(seed))


def _check_losses(job: Job, tally: Tally, since: int, epoch: int) -> None:
    """Raise TrainingError where a loss since the last look is no number."""
    step = tally.first_not_finite(since)
    if step is None:
        return
    assert job.recipe.epochs is not None
    lr = one_cycle(epoch * job.steps + step, job.recipe.epochs * job.steps, job.recipe)
    raise TrainingError(
        f"the loss is {float(tally.losses[step])} at step {step + 1} of epoch {epoch + 1}, with a "
        f"learning rate of {lr:.3g}; {_try_lower(job.recipe)}"
    )


def _check_test_loss(job: Job, evaluation: Evaluation, epoch: int) -> None:
    """Raise TrainingError where the last step before an evaluation has spoiled the weights."""
    if isfinite(evaluation.loss):
        return
    lr = job.recipe.lr or 0.0
    raise TrainingError(
        f"the test loss is {evaluation.loss} after epoch {epoch + 1}, with learning rates up to "
        f"{lr:.3g}; {_try_lower(job.recipe)}"
    )


def _try_lower(recipe: Recipe) -> str:
    lower = min((recipe.lr or 0.0) / 4, PEAK_LR[recipe.optimizer])
    return f"try a lower one, such as --lr {lower:.2g}"


def _looked(job: Job, position: Position, tally: Tally, pace: _Pace) -> Looked:
    images = job.images_after(position.step)
    assert job.recipe.epochs is not None
    return Looked(
        epoch=position.epoch + 1,
        epochs=job.recipe.epochs,
        step=position.step,
        steps=job.steps,
        loss=tally.loss(),
        accuracy=int(tally.correct) / images,
        images_per_second=images / position.epoch_seconds,
        seconds_left=pace.seconds_left(position.epoch * job.steps + position.step),
    )


def _epoch_done(job: Job, position: Position, tally: Tally, evaluation: Evaluation) -> EpochDone:
    images = len(job.train)
    assert job.recipe.epochs is not None
    last = (position.epoch + 1) * job.steps - 1
    return EpochDone(
        epoch=position.epoch + 1,
        lr=one_cycle(last, job.recipe.epochs * job.steps, job.recipe),
        train_loss=tally.loss(),
        train_accuracy=int(tally.correct) / images,
        test_loss=evaluation.loss,
        test_accuracy=evaluation.accuracy,
        seconds=position.epoch_seconds,
        images_per_second=images / position.epoch_seconds,
    )


class _Pace:
    """The clock of the loop: when to look, how long steps took, how long the rest will take."""

    def __init__(self, total: int, done: int) -> None:
        self.total = total
        self._done_before = done
        self._began = self._started = perf_counter()

    def start(self) -> None:
        """Steps begin."""
        self._started = perf_counter()

    def lap(self) -> float:
        """Seconds since `start`."""
        return perf_counter() - self._started

    def look_is_due(self, step: int, group: Group) -> bool:
        """Whether to look after a step: alone by the clock, together by the count."""
        if group.alone:
            return self.lap() >= LOOK_SECONDS
        return (step + 1) % LOOK_STEPS == 0

    def seconds_left(self, done: int) -> float | None:
        """The time that the steps after `done` will take, if they are as those so far."""
        taken = done - self._done_before
        if not taken:
            return None
        return (perf_counter() - self._began) / taken * (self.total - done)


class _Keeper:
    """Saves the state of a run: the leading process does, the others go on."""

    def __init__(self, job: Job, position: Position, tally: Tally) -> None:
        self.job, self.position, self.tally = job, position, tally
        self._began = self._saved = perf_counter()
        self._seconds_before = position.seconds
        self._cost = 0.0

    def is_due(self) -> bool:
        """Whether so much time has passed that the state should be saved within an epoch."""
        return perf_counter() - self._saved >= SAVE_SECONDS and self.is_affordable()

    def is_affordable(self) -> bool:
        """Whether saving now would leave its share of the time as small as it should be."""
        return self._cost <= SAVE_SHARE * (perf_counter() - self._saved)

    def save(self) -> None:
        """Save the state; raises TrainingError where that fails."""
        began = perf_counter()
        job, average = self.job, self.job.average
        self.position.seconds = self._seconds_before + began - self._began
        if job.group.leads:
            tensors = {
                **under("model", job.network.state_dict()),
                **under("optimizer", job.optimizer.tensors()),
                **({} if average is None else under("average", average.module.state_dict())),
                **under("tally", self.tally.tensors()),
            }
            try:
                write_checkpoint(job.checkpoint, Checkpoint(tensors, self.position, job.plan))
            except OSError as fault:
                before = "; what was saved before is whole, and --resume goes on from it"
                raise TrainingError(
                    f"cannot save the run's state in {job.checkpoint}: {fault.strerror}"
                    f"{before if job.checkpoint.exists() else '; choose another folder by --out'}"
                ) from None
        self._saved = perf_counter()
        self._cost = self._saved - began
