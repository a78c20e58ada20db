"""Draws a mesh under two lights with OpenGL, off screen (EGL; Mesa's llvmpipe where there is no GPU).

Mesa starts a thread a core for each context; the factory runs a process a core instead, so LP_NUM_THREADS is set to
1 here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("LP_NUM_THREADS", "1")

import moderngl
import numpy as np
from numpy.typing import NDArray

from models.train.arrays import Floats, f32
from models.train.scenes.camera import look_at, orthographic
from models.train.scenes.mesh import FLOATS_PER_VERTEX, Mesh

SHADOW_PIXELS = 1024
BED_PIXELS = 512
DECAL_PIXELS = 256
CLIP_DISTANCE0 = 0x3000  # GL_CLIP_DISTANCE0: moderngl has no name for it
NO_CLIP = -1e6


@dataclass(frozen=True)
class Lighting:
    """Directions point from the scene to the light; colours are linear RGB, of any strength (the camera exposes)."""

    key_dir: Floats
    key_light: Floats
    fill_dir: Floats
    fill_light: Floats
    sky_light: Floats
    ground_light: Floats
    shadow_blur: float = 1.0
    backdrop_brightness: float = 0.5
    camera_light: float = 0.0  # a lamp at the lens, as of an infrared camera; its strength at camera_reach
    camera_reach: float = 30.0  # cm


@dataclass(frozen=True)
class Finish:
    """Textures and what else is the same in every frame of a scene. Textures are sRGB, 0..1."""

    bed_texture: Floats  # [512, 512, 3]
    decals: Floats  # [256, 256, 3]
    backdrop: Floats  # [256, 256, 3]
    bed_size: tuple[float, float]
    layer_height: float
    infill: tuple[float, float, float, float]  # cos, sin, pitch, pattern
    mirror_strength: float
    mirror_blur: float


class Renderer:
    """One OpenGL context that draws pictures of one size (width, height in pixels)."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self._half = (width // 2, height // 2)
        c = self._context = moderngl.create_context(standalone=True, backend="egl")  # type: ignore[arg-type]  # its stub wants a dict
        self._program = c.program(_shader("scene.vert"), _shader("scene.frag"))
        self._depth_program = c.program(_shader("depth.vert"), _shader("depth.frag"))
        self._backdrop_program = c.program(_shader("backdrop.vert"), _shader("backdrop.frag"))
        self._light, self._label, self._frame = self._target(self.size)
        self._mirror, _, self._mirror_frame = self._target(self._half)
        self._shadow = c.depth_texture((SHADOW_PIXELS, SHADOW_PIXELS))
        self._shadow.compare_func = "<="
        self._shadow.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self._shadow_frame = c.framebuffer(depth_attachment=self._shadow)
        self._textures = [c.texture((n, n), 3, dtype="f4") for n in (BED_PIXELS, DECAL_PIXELS, DECAL_PIXELS)]
        corners = c.buffer(np.array([-1, -1, 3, -1, -1, 3], np.float32).tobytes())
        self._backdrop = c.vertex_array(self._backdrop_program, [(corners, "2f", "corner")])
        self._finish: Finish | None = None

    def _target(self, size: tuple[int, int]) -> tuple[moderngl.Texture, moderngl.Texture, moderngl.Framebuffer]:
        c = self._context
        light, label = c.texture(size, 4, dtype="f2"), c.texture(size, 1, dtype="f1")
        label.filter = (moderngl.NEAREST, moderngl.NEAREST)
        return light, label, c.framebuffer([light, label], c.depth_renderbuffer(size))

    def draw(
        self,
        mesh: Mesh,
        finish: Finish,
        lighting: Lighting,
        eye: Floats,
        view_projection: Floats,
        focus: Floats,
        reach: float,
    ) -> tuple[Floats, NDArray[np.uint8]]:
        """Draws the mesh and returns linear RGB [H, W, 3] and labels [H, W] (see mesh.Material).

        The shadow map covers `reach` cm around `focus` [3].
        """
        buffers, solid, depth = self._upload(mesh)
        self._load(finish)
        from_light = orthographic(reach, 0.1, 160) @ look_at(focus + lighting.key_dir * 80, focus, f32([0.1, 1, 0.2]))
        self._draw_shadow(depth, from_light)
        self._set_scene(finish, lighting, eye, from_light)
        if finish.mirror_strength > 0:
            below = view_projection @ np.diag(f32([1, 1, -1, 1]))
            self._draw_colour(
                solid, self._mirror_frame, self._half, below, mirror_strength=0.0, clip_below=0.01, mirrored=1
            )
        self._draw_colour(
            solid,
            self._frame,
            self.size,
            view_projection,
            mirror_strength=finish.mirror_strength,
            clip_below=NO_CLIP,
            mirrored=0,
        )
        solid.release()
        depth.release()
        for buffer in buffers:
            buffer.release()
        return self._read()

    def close(self) -> None:
        """Gives the OpenGL context and all its memory back."""
        self._context.release()

    def _upload(self, mesh: Mesh) -> tuple[tuple[moderngl.Buffer, ...], moderngl.VertexArray, moderngl.VertexArray]:
        c = self._context
        vertices, indices = c.buffer(mesh.vertices().tobytes()), c.buffer(mesh.triangles().tobytes())
        names = ("position", "normal", "colour", "material", "printed_z")
        solid = c.vertex_array(self._program, [(vertices, "3f 3f 3f 4f 1f", *names)], indices)
        rest = FLOATS_PER_VERTEX * 4 - 12
        depth = c.vertex_array(self._depth_program, [(vertices, f"3f {rest}x", "position")], indices)
        return (vertices, indices), solid, depth

    def _load(self, finish: Finish) -> None:
        if finish is self._finish:
            return
        for texture, picture in zip(self._textures, (finish.bed_texture, finish.decals, finish.backdrop), strict=True):
            texture.write(np.ascontiguousarray(picture[::-1], np.float32).tobytes())
            texture.build_mipmaps()
        self._finish = finish

    def _draw_shadow(self, depth: moderngl.VertexArray, from_light: Floats) -> None:
        self._context.enable(moderngl.DEPTH_TEST)
        self._shadow_frame.use()
        self._shadow_frame.clear(depth=1.0)
        _set(self._depth_program, light_projection=from_light)
        depth.render()

    def _set_scene(self, finish: Finish, lighting: Lighting, eye: Floats, from_light: Floats) -> None:
        for unit, texture in enumerate((*self._textures, self._shadow, self._mirror)):
            texture.use(unit)
        _set(self._backdrop_program, backdrop=2, brightness=lighting.backdrop_brightness)
        _set(self._program, bed_texture=0, decals=1, shadow=3, mirror=4, eye=eye, light_projection=from_light)
        lights = (
            "key_dir",
            "key_light",
            "fill_dir",
            "fill_light",
            "sky_light",
            "ground_light",
            "shadow_blur",
            "camera_light",
            "camera_reach",
        )
        _set(self._program, **{name: getattr(lighting, name) for name in lights})
        _set(self._program, bed_size=finish.bed_size, layer_height=finish.layer_height)
        _set(self._program, infill=finish.infill, mirror_blur=finish.mirror_blur)

    def _draw_colour(
        self,
        solid: moderngl.VertexArray,
        frame: moderngl.Framebuffer,
        pixels: tuple[int, int],
        projection: Floats,
        **uniforms: float,
    ) -> None:
        c = self._context
        frame.use()
        frame.clear(0, 0, 0, 0, depth=1.0)
        c.disable(moderngl.DEPTH_TEST)
        self._backdrop.render()
        c.enable(moderngl.DEPTH_TEST)
        c.enable_direct(CLIP_DISTANCE0)
        _set(self._program, view_projection=projection, pixels=(float(pixels[0]), float(pixels[1])), **uniforms)
        solid.render()
        c.disable_direct(CLIP_DISTANCE0)

    def _read(self) -> tuple[Floats, NDArray[np.uint8]]:
        width, height = self.size
        light = np.frombuffer(self._light.read(), np.float16).reshape(height, width, 4)
        label = np.frombuffer(self._label.read(alignment=1), np.uint8).reshape(height, width)
        return light[::-1, :, :3].astype(np.float32), label[::-1].copy()


def _shader(name: str) -> str:
    return (Path(__file__).parent / "shaders" / name).read_text()


def _set(program: Any, **uniforms: object) -> None:
    """Sets the uniforms that the shader still has (unused ones are optimised away); matrices are row-major here."""
    for name, value in uniforms.items():
        if name not in program:
            continue
        if isinstance(value, np.ndarray):
            program[name].write(np.ascontiguousarray(value.T, np.float32).tobytes())
        else:
            program[name].value = value
