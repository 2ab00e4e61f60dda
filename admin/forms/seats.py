"""Work on the boxes of a custodian's seat: the password once a press, nothing else."""

from admin.forms.rewards import DeedForm


class PressForm(DeedForm):
    """One press; it works for a few seconds."""
