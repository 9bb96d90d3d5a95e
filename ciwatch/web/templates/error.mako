<%inherit file="layout.mako"/>
<%def name="title()">${heading}</%def>
<h1>${heading}</h1>
<p class="about">${sentence}</p>
<p><a href="/">All projects</a></p>
