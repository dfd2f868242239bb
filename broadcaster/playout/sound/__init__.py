"""From samples to a loudspeaker: outputs, the process that holds a device, and the frames it is fed."""
